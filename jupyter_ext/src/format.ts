/** Numbers as text: the same words as `mlqa/wording.py`. Pure, no DOM. */

import type { IEvidence, Scalar } from './verdict';

const DIGITS = 4;
const LONGEST_WHOLE = 1e9;

/** A number with four significant digits, as Python's `:.4g` writes it; a whole one in full. */
export function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < LONGEST_WHOLE) {
    return String(value);
  }
  const [mantissa, power] = value.toExponential(DIGITS - 1).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= DIGITS) {
    const sign = exponent < 0 ? '-' : '+';
    return `${shortened(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  return shortened(value.toFixed(DIGITS - 1 - exponent));
}

/** A number and its unit. */
export function quantity(value: number, unit: string): string {
  return unit ? `${number(value)} ${unit}` : number(value);
}

/** An interval; a side without a number is unbounded. */
export function interval(evidence: IEvidence): string {
  const low = evidence.low === null ? '−∞' : number(evidence.low);
  const high = evidence.high === null ? '∞' : number(evidence.high);
  return `[${low}, ${high}]`;
}

/** Whether there is an interval to speak of. */
export function hasInterval(evidence: IEvidence): boolean {
  return evidence.low !== null || evidence.high !== null;
}

/** A level in (0, 1) as per cent, with as many digits as it has: 99.99. */
export function percent(level: number): string {
  return String(Number((100 * level).toPrecision(6)));
}

/** A p-value with its sign of comparison; one that is nought fell below the least number there is. */
export function pValue(value: number): string {
  return value === 0 ? '< 1e-300' : `= ${number(value)}`;
}

/** A value of an example row. */
export function cell(name: string, value: Scalar | undefined): string {
  if (value === undefined) {
    return '';
  }
  if (value === null) {
    return 'missing';
  }
  if (name === 'p_value' && value === 0) {
    return pValue(value);
  }
  return typeof value === 'number' ? number(value) : String(value);
}

/** A duration, short. */
export function seconds(value: number): string {
  if (value < 0.9995) {
    return `${Math.max(1, Math.round(1000 * value))} ms`;
  }
  const whole = Math.round(value);
  return value < 59.95 ? `${value.toFixed(1)} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Trailing zeros say nothing. */
function shortened(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
