// Logarithm and exponential from +, -, * and / alone. Math.log and Math.pow may differ in the last digit between engines;
// these operations are exact by IEEE 754, so that a seed gives the same plan everywhere.

const ln2 = 0.6931471805599453;
const terms = 40;

/** Natural logarithm of a positive finite number. */
export const ln = (value: number): number => {
  let mantissa = value;
  let exponent = 0;
  for (; mantissa > 1.5; mantissa /= 2) exponent += 1;
  for (; mantissa < 0.75; mantissa *= 2) exponent -= 1;
  const ratio = (mantissa - 1) / (mantissa + 1);
  let power = ratio;
  let sum = 0;
  for (let term = 1; term < terms; term += 2) {
    sum += power / term;
    power *= ratio * ratio;
  }
  return 2 * sum + exponent * ln2;
};

const turn = 6.283185307179586;

/** cos(2 pi x): of the part of a turn that is left, by its series. */
export const cosOfTurns = (turns: number): number => {
  const angle = (turns - Math.floor(turns + 0.5)) * turn;
  let term = 1;
  let sum = 1;
  for (let step = 2; step < terms; step += 2) {
    term *= -(angle * angle) / ((step - 1) * step);
    sum += term;
  }
  return sum;
};

export const exp = (value: number): number => {
  const halvings = Math.round(value / ln2);
  const rest = value - halvings * ln2;
  let term = 1;
  let sum = 1;
  for (let step = 1; step < terms / 2; step += 1) {
    term = (term * rest) / step;
    sum += term;
  }
  for (let step = 0; step < halvings; step += 1) sum *= 2;
  for (let step = 0; step > halvings; step -= 1) sum /= 2;
  return sum;
};
