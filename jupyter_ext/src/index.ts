/** The plugins of this extension; each asks for what it needs and works without the rest. */

import { badges } from './badges';
import { commands } from './commands';
import { renderer } from './renderer';
import { sidebar } from './sidebar';
import { tests } from './tests';

export { ITests } from './tokens';

export default [tests, renderer, badges, commands, sidebar];
