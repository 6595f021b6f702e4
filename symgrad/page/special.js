// Functions that JavaScript lacks, for numbers. Accuracy: see table.py.
const sg = (() => {
  const EULER = 0.5772156649015329;

  // A product as a sum of two numbers (Veltkamp, Dekker).
  const product = (a, b) => {
    const p = a * b;
    let t = 134217729 * a;
    const ah = t - (t - a), al = a - ah;
    t = 134217729 * b;
    const bh = t - (t - b), bl = b - bh;
    const low = ah * bh - p + ah * bl + al * bh + al * bl;
    return [p, Number.isFinite(low) ? low : 0];
  };
  const fused = (a, b, c) => {
    const [p, low] = product(a, b), sum = p + c;
    if (!Number.isFinite(sum)) return sum;
    const shift = sum - p;
    return sum + (p - (sum - shift) + (c - shift) + low);
  };
  const copysign = (a, b) =>
    Number.isNaN(a) ? a : Math.abs(a) * (b < 0 || Object.is(b, -0) ? -1 : 1);

  // Powers: 1 to any power is 1, as in C.
  const power = (a, b) =>
    a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b);
  const powerNth = (a, b, n) => {
    if (Number.isNaN(a) || Number.isNaN(b)) return NaN;
    if (Number.isInteger(b) && b >= 0 && b < n) return 0;
    if (a < 0 && !Number.isInteger(b)) return NaN;
    if (n === 1 && a === 0 && b > 1) return 0;
    let falling = 1;
    for (let i = 0; i < n; i += 1) falling *= b - i;
    const rest = b - n, lost = b - (rest - (rest - b)) + (-n - (rest - b));
    const p = power(a, rest);
    if (!(Number.isFinite(a) && Number.isFinite(b)) && !(p > 0 && p < Infinity)) return NaN;
    return falling * (lost !== 0 && a > 0 ? p * (1 + lost * Math.log(a)) : p);
  };
  const powerLog = (a, b, n) => {
    if (a <= 0) return a === 0 && b > 0 ? 0 : NaN;
    return power(a, b) * Math.pow(Math.log(a), n);
  };
  const direction = (a, b) => {
    const h = Math.hypot(a, b);
    if (h === 0) return 0;
    if (h === Infinity) {
      return Number.isFinite(a) && Number.isFinite(b) ? a / 4 / Math.hypot(a / 4, b / 4)
        : Number.isFinite(a) ? a / h : NaN;
    }
    return h < 1e-300 ? (a * 2 ** 200) / Math.hypot(a * 2 ** 200, b * 2 ** 200) : a / h;
  };
  const rootAboveOne = (x) => Math.sqrt(Math.abs(x) - 1) * Math.sqrt(Math.abs(x) + 1);
  const xlogy = (a, b) => (a === 0 && b >= 0 ? 0 : a * Math.log(b));
  const logit = (x) =>
    Math.abs(x - 0.5) < 0.25 ? Math.log1p((2 * x - 1) / (1 - x)) : Math.log(x) - Math.log1p(-x);

  // Angles as parts of a turn: exact at its quarters.
  const sinTurn = (x, turn) => {
    let r = x % turn;
    if (Math.abs(r) > turn / 2) r -= copysign(turn, r);
    if (Math.abs(r) > turn / 4) r = copysign(turn / 2, r) - r;
    const scale = (2 * Math.PI) / turn;
    return Math.abs(r) > turn / 8
      ? copysign(Math.cos((turn / 4 - Math.abs(r)) * scale), r) : Math.sin(r * scale);
  };
  const cosTurn = (x, turn) => {
    const r = Math.abs(x % turn);
    return -sinTurn((r > turn / 2 ? turn - r : r) - turn / 4, turn);
  };
  const tanDegrees = (x) => {
    const r = Math.abs(x % 180);
    return r === 90 ? NaN : sinTurn(x, 360) / cosTurn(x, 360);
  };
  const sincSlope = (x, n) => {
    if (Number.isNaN(x)) return NaN;
    if (Math.abs(x) === Infinity) return n === 0 ? 0 : NaN;
    if (n === 0) return x === 0 ? 1 : Math.sin(x) / x;
    if (Math.abs(x) < n + 1) {
      // sum over k of (-1)^k x^(2k - n) / ((2k + 1) (2k - n)!)
      const first = Math.ceil(n / 2);
      let term = (2 * first === n ? 1 : x) * (first % 2 ? -1 : 1);
      let sum = 0;
      for (let k = first; k < first + 30; k += 1) {
        sum += term / (2 * k + 1);
        term *= (-x * x) / ((2 * k + 1 - n) * (2 * k + 2 - n));
      }
      return sum;
    }
    const turned = [Math.sin, Math.cos, (t) => -Math.sin(t), (t) => -Math.cos(t)][n % 4](x);
    return (turned - n * sincSlope(x, n - 1)) / x;
  };
  const cot = (x) => 1 / Math.tan(x);
  const angleSlope = (a, b) => {
    if (Number.isNaN(a + b) && (Number.isNaN(a) || Number.isNaN(b))) return NaN;
    const endless = (Math.abs(a) === Infinity) + (Math.abs(b) === Infinity);
    if (endless === 1) return copysign(0, a);
    if (endless === 2 || (a === 0 && b === 0)) return NaN;
    if (Math.abs(a) < Math.abs(b)) {
      const r = a / b;
      return r / (1 + r * r) / b;
    }
    const r = b / a;
    return 1 / (1 + r * r) / a;
  };
  const acot = (x) => (x === 0 ? NaN : Math.atan(1 / x));
  const asec = (x) => Math.atan2(rootAboveOne(x), Math.sign(x));
  const acsc = (x) => Math.atan(Math.sign(x) / rootAboveOne(x));
  const coth = (x) => 1 / Math.tanh(x);
  const sech = (x) => {
    const t = Math.exp(-Math.abs(x));
    return (2 * t) / (1 + t * t);
  };
  const csch = (x) =>
    Math.abs(x) < 20 ? 1 / Math.sinh(x) : 2 * Math.sign(x) * Math.exp(-Math.abs(x));
  const acoth = (x) => Math.sign(x) * 0.5 * Math.log1p(2 / (Math.abs(x) - 1));
  const asech = (x) =>
    x < 0 ? NaN : Math.asinh(Math.sqrt((1 - x) * (1 + x)) / x);
  const acsch = (x) =>
    Math.abs(x) > 1e-300 ? Math.asinh(1 / x)
      : copysign(Math.LN2 - Math.log(Math.abs(x)), x);

  const round = (x) => {
    if (!Number.isFinite(x)) return x;
    const whole = Math.floor(Math.abs(x));
    return copysign(whole + (Math.abs(x) - whole >= 0.5 ? 1 : 0), x);
  };
  const fmod = (a, b) => (Math.abs(a) === Infinity || b === 0 ? NaN : a % b);
  const mod = (a, b) => {
    const r = fmod(a, b);
    if (r === 0) return copysign(0, b);
    return r < 0 !== b < 0 ? r + b : r;
  };
  const floorQuotient = (a, b) => {
    if (b === 0 || Math.abs(a) === Infinity || Number.isNaN(a + b)) return NaN;
    if (Math.abs(b) === Infinity) return a === 0 || a < 0 === b < 0 ? copysign(0, a / b) : -1;
    const whole = (a - mod(a, b)) / b, low = Math.floor(whole);
    return whole - low > 0.5 ? low + 1 : low;
  };
  const truncQuotient = (a, b) =>
    copysign(floorQuotient(Math.abs(a), Math.abs(b)), a / b);
  const max = (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : a >= b ? a : b);
  const min = (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : a <= b ? a : b);

  // exp(c x^2): the rounding error of the square, which exp would amplify, is made up for.
  const bell = (x, c) => {
    if (Number.isNaN(x)) return x;
    if (Math.abs(x) > 60) return c > 0 ? Infinity : 0;
    const [high, low] = product(x, x);
    return Math.exp(c * high) * (1 + c * low);
  };
  // erf by the series of positive terms, 2/sqrt(pi) e^(-x^2) (x + 2 x^3/3 + 4 x^5/15 + ...).
  const erfSeries = (x) => {
    let term = x, sum = x;
    for (let k = 1; k < 200 && Math.abs(term) > 1e-17 * Math.abs(sum); k += 1) {
      term *= (2 * x * x) / (2 * k + 1);
      sum += term;
    }
    return 1.1283791670955126 * bell(x, -1) * sum;
  };
  // e^(x^2) erfc(x) by its continued fraction, for x >= 1.5.
  const erfcScaled = (x) => {
    let f = x;
    for (let k = 120; k > 0; k -= 1) f = x + k / 2 / f;
    return 0.5641895835477563 / f;
  };
  const erf = (x) => {
    if (Number.isNaN(x)) return x;
    if (Math.abs(x) > 6) return Math.sign(x);
    return Math.abs(x) < 2 ? erfSeries(x) : Math.sign(x) * (1 - bell(x, -1) * erfcScaled(Math.abs(x)));
  };
  const erfc = (x) => (x < 1.5 ? 1 - erf(x) : Number.isNaN(x) ? x : bell(x, -1) * erfcScaled(x));
  const erfi = (x) => {
    if (!Number.isFinite(x)) return x;
    let power_ = x, sum = x;
    for (let k = 1; k < 2000 && Math.abs(power_) > 1e-18 * Math.abs(sum) * k; k += 1) {
      power_ *= (x * x) / k;
      sum += power_ / (2 * k + 1);
    }
    return 1.1283791670955126 * sum;
  };
  const ncdf = (x) =>
    x < -2.2 ? 0.5 * bell(x, -0.5) * erfcScaled(-x * Math.SQRT1_2) : 0.5 * erfc(-x * Math.SQRT1_2);
  // The inverse of erfc for 0 < y <= 1 by Halley's method on the logarithm.
  const erfcTail = (y) => {
    const t = Math.sqrt(-2 * Math.log(y / 2));
    let x = Math.SQRT1_2 * (t - (2.30753 + t * 0.27061) / (1 + t * (0.99229 + t * 0.04481)));
    for (let k = 0; k < 4; k += 1) {
      const error = (erfc(x) - y) / (1.1283791670955126 * bell(x, -1));
      x += error / (1 - x * error);
    }
    return x;
  };
  const erfinv = (y) => {
    if (!(Math.abs(y) <= 1)) return NaN;
    if (Math.abs(y) === 1) return y * Infinity;
    if (Math.abs(y) > 0.5) return Math.sign(y) * erfcTail(1 - Math.abs(y));
    let x = 0.886226925452758 * y;
    for (let k = 0; k < 6; k += 1) {
      const error = (erf(x) - y) / (1.1283791670955126 * bell(x, -1));
      x -= error / (1 + x * error);
    }
    return x;
  };
  const erfcinv = (y) => {
    if (!(y >= 0 && y <= 2)) return NaN;
    if (y === 0 || y === 2) return y === 0 ? Infinity : -Infinity;
    if (y < 0.5) return erfcTail(y);
    return y > 1.5 ? -erfcTail(2 - y) : erfinv(1 - y);
  };

  // Gamma by Lanczos' sum (g = 607/128), exact for small integers.
  const LANCZOS = [
    0.99999999999999709182, 57.156235665862923517, -59.597960355475491248, 14.136097974741747174,
    -0.49191381609762019978, 0.33994649984811888699e-4, 0.46523628927048575665e-4,
    -0.98374475304879564677e-4, 0.15808870322491248884e-3, -0.21026444172410488319e-3,
    0.2174396181152126432e-3, -0.16431810653676389022e-3, 0.84418223983852743293e-4,
    -0.2619083840158140867e-4, 0.36899182659531622704e-5];
  const lanczos = (x) => LANCZOS.reduce((sum, c, k) => (k ? sum + c / (x + k) : c), 0);
  const pole = (x) => x <= 0 && Number.isInteger(x);
  const gamma = (x) => {
    if (x === 0) return 1 / x;
    if (Number.isNaN(x) || pole(x) || x === -Infinity) return NaN;
    if (x > 171.7) return Infinity;
    if (Number.isInteger(x) && x < 24) {
      let f = 1;
      for (let k = 2; k < x; k += 1) f *= k;
      return f;
    }
    if (x < 0.5) return Math.PI / (sinTurn(x, 2) * gamma(1 - x));
    const t = x - 1 + 4.7421875 + 0.5, half = Math.pow(t, (x - 0.5) / 2);
    return ((2.5066282746310005 * half) / Math.exp(t)) * half * lanczos(x - 1);
  };
  // zeta(k) - 1 for k = 2, 3, ...: the series of log-gamma about 2.
  const ZETA = [
    0.6449340668482264, 0.2020569031595943, 0.08232323371113819, 0.03692775514336993, 0.01734306198444914,
    0.008349277381922827, 0.004077356197944339, 0.0020083928260822143, 0.000994575127818085,
    0.0004941886041194646, 0.0002460865533080483, 0.00012271334757848915, 6.124813505870483e-05,
    3.058823630702049e-05, 1.528225940865187e-05, 7.637197637899763e-06, 3.81729326499984e-06,
    1.908212716553939e-06, 9.539620338727962e-07, 4.769329867878065e-07, 2.384505027277329e-07,
    1.1921992596531106e-07, 5.960818905125948e-08, 2.9803503514652279e-08, 1.490155482836504e-08,
    7.450711789835429e-09, 3.7253340247884573e-09, 1.862659723513049e-09, 9.313274324196681e-10];
  const lgammaAboutTwo = (t) => {
    let sum = (1 - EULER) * t, power_ = t;
    for (let k = 0; k < ZETA.length; k += 1) {
      power_ *= -t;
      sum -= (ZETA[k] * power_) / (k + 2);
    }
    return sum;
  };
  // Stirling's correction, for x >= 10.
  const stirling = (x) => {
    const w = 1 / (x * x);
    return (1 / 12 + w * (-1 / 360 + w * (1 / 1260 + w * (-1 / 1680 + w * (1 / 1188 + w *
      (-691 / 360360 + w * (1 / 156 - (w * 3617) / 122400))))))) / x;
  };
  const lgamma = (x) => {
    if (Number.isNaN(x)) return x;
    if (pole(x) || Math.abs(x) === Infinity) return Infinity;
    if (x < 0.5) return Math.log(Math.abs(Math.PI / sinTurn(x, 2))) - lgamma(1 - x);
    if (x < 1.5) return lgammaAboutTwo(x - 1) - Math.log1p(x - 1);
    if (x < 2.5) return lgammaAboutTwo(x - 2);
    if (x < 10) return Math.log(gamma(x));
    return (x - 0.5) * Math.log(x) - x + 0.9189385332046728 + stirling(x);
  };
  const BERNOULLI = [
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798, -174611 / 330,
    854513 / 138, -236364091 / 2730];
  const polygamma = (n, x) => {
    if (Number.isNaN(x) || !(n >= 0) || !Number.isInteger(n) || x === -Infinity) return NaN;
    if (pole(x)) return n % 2 ? Infinity : x === 0 ? -Infinity : NaN;
    if (x === Infinity) return n === 0 ? Infinity : 0;
    if (x < -20 && n === 0) return polygamma(0, 1 - x) - Math.PI * (cosTurn(x, 2) / sinTurn(x, 2));
    const sign = n % 2 ? 1 : -1;
    let factorial = 1, sum = 0, y = x;
    for (let k = 2; k <= n; k += 1) factorial *= k;
    for (; y < 16 + n; y += 1) sum += Math.pow(y, -n - 1);
    const w = 1 / (y * y);
    if (n === 0) {
      let tail = Math.log(y) - 0.5 / y, f = 1;
      for (let k = 0; k < BERNOULLI.length; k += 1) {
        f *= w;
        tail -= (BERNOULLI[k] / (2 * k + 2)) * f;
      }
      return tail - sum;
    }
    // (-1)^(n+1) ((n-1)!/y^n + n!/(2 y^(n+1)) + sum over k of B_2k (2k+n-1)!/((2k)! y^(2k+n)))
    let tail = factorial / n + factorial / (2 * y), f = factorial / n;
    for (let k = 1; k <= BERNOULLI.length; k += 1) {
      f *= ((2 * k + n - 2) * (2 * k + n - 1) * w) / ((2 * k - 1) * (2 * k));
      tail += BERNOULLI[k - 1] * f;
    }
    return sign * (tail * Math.pow(y, -n) + factorial * sum);
  };
  const beta = (a, b) => {
    if (Number.isNaN(a + b)) return NaN;
    if (a === 0 || b === 0) return a + b > 0 ? 1 / Math.min(a, b) : NaN;
    if (pole(a) || pole(b)) return NaN;
    if (pole(a + b)) return 0;
    if (Math.abs(a) < 80 && Math.abs(b) < 80) return gamma(a) * (gamma(b) / gamma(a + b));
    const large = max(a, b), small = min(a, b), sum = a + b;
    const sign = (x) => (x < 0 && Math.floor(x) % 2 ? -1 : 1), signs = sign(a) * sign(b) * sign(sum);
    if (sum < 10) return signs * Math.exp(lgamma(a) + lgamma(b) - lgamma(sum));
    const gap = (large - 0.5) * -Math.log1p(small / large) - small * (Math.log(sum) - 1);
    return signs * Math.exp(gap + stirling(large) - stirling(sum) + lgamma(small));
  };
  // The regularised incomplete gamma functions: the upper one, or the lower one, whichever is small by itself.
  const gammaPart = (a, x, upper) => {
    if (!(a > 0 && x >= 0)) return NaN;
    if (x === 0 || x === Infinity) return (x === 0) === upper ? 1 : 0;
    if (upper && a < 0.5 && x < 1.5) {
      // 1 - x^a/gamma(1 + a) (1 + a (the sum over k > 0 of (-x)^k/(k! (a + k))))
      const less = Math.expm1(a * Math.log(x) - lgammaAboutTwo(a) + Math.log1p(a));
      let term = 1, sum = 0;
      for (let k = 1; k < 40; k += 1) sum += (term *= -x / k) / (a + k);
      return -less - (1 + less) * a * sum;
    }
    const front = a < 100 ? Math.pow(x, a) * Math.exp(-x) / gamma(a) : Math.exp(a * Math.log(x) - x - lgamma(a));
    if (x < a + 1) {
      let term = 1 / a, sum = term;
      for (let k = 1; k < 3000 && term > 1e-18 * sum; k += 1) sum += term *= x / (a + k);
      return upper ? 1 - front * sum : front * sum;
    }
    let f = 0;
    for (let k = 400; k > 0; k -= 1) f = (k * (a - k)) / (x - a + 2 * k + 1 + f);
    return upper ? front / (x - a + 1 + f) : 1 - front / (x - a + 1 + f);
  };

  const sigmoid = (x) => {
    if (x >= 0) return 1 / (1 + Math.exp(-x));
    const t = Math.exp(x);
    return t / (1 + t);
  };
  // x times a weight that underflows where x is large and negative.
  const weighted = (x, weight) => (x === -Infinity ? -0 : x * weight);
  const softplus = (x) => max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  const logaddexp = (a, b) =>
    a === b ? a + Math.LN2 : max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
  const sigmoidGap = (a, b) => {
    const d = a - b;
    if (!Number.isFinite(d)) return sigmoid(d);
    const part = d - a, lost = a - (d - part) - (b + part), y = sigmoid(d);
    return y + lost * (y * sigmoid(-d));
  };
  const softsign = (x) =>
    Math.abs(x) === Infinity ? Math.sign(x) : x / (1 + Math.abs(x));
  const relu = (x) => (x > 0 || Number.isNaN(x) ? x : 0);

  // Lambert's function by Halley's method; near the branch point from the series of its inverse.
  const lambertw = (x) => {
    const q = fused(Math.E, x, 1) + 1.4456468917292502e-16 * x;
    if (!(q >= 0)) return q > -1e-16 ? -1 : NaN;
    if (x === Infinity) return x;
    const p = Math.sqrt(2 * q);
    if (p < 1e-3) return -1 + p * (1 - p * (1 / 3 - p * (11 / 72 - (p * 43) / 540)));
    let w = x < 1 ? -1 + p * (1 - p * (1 / 3 - (p * 11) / 72)) : Math.log(x) - Math.log(Math.log(x) + 1);
    if (Math.abs(x) < 0.2) w = x * (1 - x + 1.5 * x * x);
    for (let k = 0; k < 12; k += 1) {
      const e = Math.exp(w), f = w - x / e;
      const step = f / (w + 1 - ((w + 2) * f) / (2 * w + 2));
      w -= step;
      if (!(Math.abs(step) > 1e-16 * Math.abs(w))) break;
    }
    return w;
  };
  // Complete elliptic integrals of the parameter m by the arithmetic-geometric mean.
  const elliptic = (m, first) => {
    if (Number.isNaN(m) || m > 1) return NaN;
    if (m === 1) return first ? Infinity : 1;
    if (m === -Infinity) return first ? 0 : Infinity;
    let a = 1, b = Math.sqrt(1 - m), sum = m / 2, scale = 0.5;
    for (let k = 0; k < 12 && Math.abs(a - b) > 1e-17 * a; k += 1) {
      const c = (a - b) / 2;
      [a, b] = [(a + b) / 2, Math.sqrt(a * b)];
      scale *= 2;
      sum += scale * c * c;
    }
    const k = Math.PI / (2 * a);
    return first ? k : k * (1 - sum);
  };

  return {
    fused, power, powerNth, powerLog, direction, rootAboveOne, xlogy, logit, sinTurn, cosTurn, tanDegrees,
    sincSlope, cot, angleSlope, acot, asec, acsc, coth, sech, csch, acoth, asech, acsch, round, fmod, mod,
    floorQuotient, truncQuotient, max, min, copysign, bell, erf, erfc, erfi, ncdf, erfinv, erfcinv, gamma, lgamma,
    polygamma, beta, gammaPart, sigmoid, weighted, softplus, logaddexp, sigmoidGap, softsign, relu, lambertw, elliptic,
  };
})();
