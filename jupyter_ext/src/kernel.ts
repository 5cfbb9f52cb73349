/** The only file that talks to a kernel: which one is running, and which made a report. */

import type { ISessionContext } from '@jupyterlab/apputils';
import type { Kernel, Session } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** Imports nothing: a kernel in which mlqa is not loaded has made no report. */
const QUESTION = [
  '(lambda modules: modules["mlqa.inline.run"].kernel_id(modules["os"].getpid())',
  'if "mlqa.inline.run" in modules else "")(__import__("sys").modules)'
].join(' ');
const KEY = 'mlqa';
/** The kernel that made the results so far is lost, or about to be. */
export const GONE: ReadonlySet<Kernel.Status> = new Set(['restarting', 'autorestarting', 'terminating', 'dead']);

/** The id that reports of the running kernel carry. */
export class KernelIdentity implements IDisposable {
  private value: string | null = null;
  private asked = 0;
  private disposed = false;
  private readonly changedSignal = new Signal<this, void>(this);

  constructor(private readonly context: ISessionContext) {
    context.kernelChanged.connect(this.onKernelChanged, this);
    context.statusChanged.connect(this.onStatusChanged, this);
    void context.ready.then(() => this.ask());
  }

  /** Null where it is not known; empty where the running kernel has made no report. */
  get id(): string | null {
    return this.value;
  }

  get changed(): ISignal<this, void> {
    return this.changedSignal;
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  /** A report arrived from a cell that is running: this kernel made it. */
  adopt(id: string): void {
    this.set(id);
  }

  dispose(): void {
    this.disposed = true;
    Signal.clearData(this);
  }

  /** Whatever kernel there was, its reports are not of the one that follows. */
  private onKernelChanged(_: ISessionContext, change: Session.ISessionConnection.IKernelChangedArgs): void {
    this.set(change.oldValue || this.value !== null ? '' : null);
    if (change.newValue) {
      void this.ask();
    }
  }

  private onStatusChanged(_: ISessionContext, status: Kernel.Status): void {
    if (GONE.has(status)) {
      this.set('');
    }
  }

  /** Ask the kernel; an answer that was overtaken by a restart is dropped. */
  private async ask(): Promise<void> {
    const kernel = this.context.session?.kernel;
    const turn = ++this.asked;
    const answer = kernel ? await idOf(kernel) : null;
    if (answer !== null && turn === this.asked && !this.isDisposed) {
      this.set(answer);
    }
  }

  private set(value: string | null): void {
    this.asked += 1;
    if (value !== this.value) {
      this.value = value;
      this.changedSignal.emit();
    }
  }
}

/** The id of a kernel, by a silent expression: no prompt number, no output, nothing in the user's names. */
async function idOf(kernel: Kernel.IKernelConnection): Promise<string | null> {
  try {
    if ((await kernel.info).language_info.name !== 'python') {
      return null;
    }
    const future = kernel.requestExecute({
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false,
      user_expressions: { [KEY]: QUESTION }
    });
    const { content } = await future.done;
    return content.status === 'ok' ? plainText(content.user_expressions[KEY]) : null;
  } catch {
    return null; // the kernel went away while it was asked: the next one is asked again
  }
}

/** The text of a `repr` of plain ASCII, such as `'3f2a'`. */
function plainText(reply: unknown): string | null {
  const data = reply as { data?: Record<string, unknown> } | undefined;
  const match = /^'([\w.:-]*)'$/.exec(String(data?.data?.['text/plain'] ?? ''));
  return match ? match[1] : null;
}
