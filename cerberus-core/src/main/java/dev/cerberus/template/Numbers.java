package dev.cerberus.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

import org.jspecify.annotations.Nullable;

/**
 * Python's integers and floats: {@code Long}, or {@code BigInteger} beyond its range, and
 * {@code Double}.
 */
final class Numbers {

    /*
     * Python prints no integer of more than 4300 digits; here none comes to be.
     */
    private static final int MOST_BITS = 14_284;

    private static final int MOST_DIGITS = 4300;

    private static final BigInteger SMALLEST_LONG = BigInteger.valueOf(Long.MIN_VALUE);

    private static final BigInteger LARGEST_LONG = BigInteger.valueOf(Long.MAX_VALUE);

    private Numbers() {
    }

    /** The value as a number, null if it is none; True and False are 1 and 0. */
    static @Nullable Number number(Object value) {
        if (value instanceof Number number) {
            return number;
        }
        return (value instanceof Boolean bool) ? (Long) (bool ? 1L : 0L) : null;
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof BigInteger;
    }

    static Number integer(BigInteger value) {
        if (value.bitLength() < Long.SIZE) {
            return value.longValue();
        }
        if (value.bitLength() > MOST_BITS) {
            throw PythonError.value("an integer has more than " + MOST_DIGITS + " digits");
        }
        return value;
    }

    static BigInteger big(Number number) {
        return (number instanceof BigInteger big) ? big : BigInteger.valueOf(number.longValue());
    }

    static double real(Number number) {
        double value = number.doubleValue();
        if (Double.isInfinite(value) && number instanceof BigInteger) {
            throw new PythonError(PythonError.Kind.ARITHMETIC, "int too large to convert to float");
        }
        return value;
    }

    static BigInteger truncated(double value) {
        if (Double.isNaN(value)) {
            throw PythonError.value("cannot convert float NaN to integer");
        }
        if (Double.isInfinite(value)) {
            throw new PythonError(PythonError.Kind.ARITHMETIC, "cannot convert float infinity to integer");
        }
        return new BigDecimal(value).toBigInteger();
    }

    /** An integer used as an index or a size, clamped to the range of long. */
    static long index(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean bool) {
            return bool ? 1 : 0;
        }
        if (value instanceof BigInteger big) {
            return big.max(SMALLEST_LONG).min(LARGEST_LONG).longValue();
        }
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw PythonError.type("'" + Values.typeName(value) + "' object cannot be interpreted as an integer");
    }

    static Number add(Number a, Number b) {
        if (a instanceof Long x && b instanceof Long y) {
            long sum = x + y;
            return (((x ^ sum) & (y ^ sum)) < 0) ? integer(big(a).add(big(b))) : (Number) sum;
        }
        return (a instanceof Double || b instanceof Double) ? (Number) (real(a) + real(b))
                : integer(big(a).add(big(b)));
    }

    static Number subtract(Number a, Number b) {
        return (a instanceof Double || b instanceof Double) ? (Number) (real(a) - real(b))
                : integer(big(a).subtract(big(b)));
    }

    static Number multiply(Number a, Number b) {
        return (a instanceof Double || b instanceof Double) ? (Number) (real(a) * real(b))
                : integer(big(a).multiply(big(b)));
    }

    static Number divide(Number a, Number b) {
        if (real(b) == 0) {
            throw new PythonError(PythonError.Kind.ARITHMETIC, "division by zero");
        }
        return real(a) / real(b);
    }

    static Number floorDivide(Number a, Number b) {
        if (a instanceof Double || b instanceof Double) {
            double divisor = nonZero(b);
            double remainder = floorRemainder(real(a), divisor);
            double quotient = (real(a) - remainder) / divisor;
            double floor = Math.floor(quotient);
            return (quotient - floor > 0.5) ? floor + 1 : floor;
        }
        nonZero(b);
        BigInteger[] parts = big(a).divideAndRemainder(big(b));
        boolean down = parts[1].signum() != 0 && parts[1].signum() != big(b).signum();
        return integer(down ? parts[0].subtract(BigInteger.ONE) : parts[0]);
    }

    static Number modulo(Number a, Number b) {
        if (a instanceof Double || b instanceof Double) {
            return floorRemainder(real(a), nonZero(b));
        }
        nonZero(b);
        BigInteger divisor = big(b);
        BigInteger remainder = big(a).remainder(divisor);
        return integer((remainder.signum() != 0 && remainder.signum() != divisor.signum()) ? remainder.add(divisor)
                : remainder);
    }

    private static double floorRemainder(double a, double b) {
        double remainder = a % b;
        if (remainder == 0) {
            return Math.copySign(0.0, b);
        }
        return ((remainder < 0) != (b < 0)) ? remainder + b : remainder;
    }

    private static double nonZero(Number b) {
        double value = (b instanceof BigInteger) ? 1 : b.doubleValue();
        if (value == 0) {
            throw new PythonError(PythonError.Kind.ARITHMETIC, "integer division or modulo by zero");
        }
        return (b instanceof BigInteger) ? b.doubleValue() : value;
    }

    static Number power(Number a, Number b) {
        if (a instanceof Double || b instanceof Double || big(b).signum() < 0) {
            double base = real(a);
            double exponent = real(b);
            if (base == 0 && exponent < 0) {
                throw new PythonError(PythonError.Kind.ARITHMETIC, "0.0 cannot be raised to a negative power");
            }
            double power = Math.pow(base, exponent);
            if (Double.isNaN(power) && !Double.isNaN(base) && !Double.isNaN(exponent)) {
                throw PythonError.value("a power with an imaginary part is no number here");
            }
            if (Double.isInfinite(power) && !Double.isInfinite(base) && !Double.isInfinite(exponent)) {
                throw new PythonError(PythonError.Kind.ARITHMETIC, "the power is too large");
            }
            return power;
        }
        BigInteger base = big(a);
        BigInteger exponent = big(b);
        if (base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0) {
            boolean odd = exponent.testBit(0);
            return (exponent.signum() == 0) ? (Number) 1L : (base.signum() < 0 && !odd) ? (Number) 1L : integer(base);
        }
        if (exponent.bitLength() > 31 || (base.bitLength() - 1L) * exponent.longValue() > MOST_BITS) {
            throw PythonError.value("an integer has more than " + MOST_DIGITS + " digits");
        }
        return integer(base.pow(exponent.intValue()));
    }

    static Number negate(Number a) {
        return (a instanceof Double value) ? (Number) (-value) : integer(big(a).negate());
    }

    static int compare(Number a, Number b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        if (a instanceof Double || b instanceof Double) {
            double x = a.doubleValue();
            double y = b.doubleValue();
            if (x != y || Double.isInfinite(x)) {
                return Double.compare(x, y);
            }
            return exact(a).compareTo(exact(b));
        }
        return big(a).compareTo(big(b));
    }

    static boolean isNaN(Number number) {
        return number instanceof Double value && value.isNaN();
    }

    private static BigDecimal exact(Number number) {
        return (number instanceof Double value) ? new BigDecimal(value) : new BigDecimal(big(number));
    }

    /** The shortest decimal that reads as the same float, as Python prints it. */
    static String repr(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return (value > 0) ? "inf" : "-inf";
        }
        if (value == 0) {
            return (1 / value < 0) ? "-0.0" : "0.0";
        }
        BigDecimal shortest = shortest(value);
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = shortest.toPlainString();
            return (plain.indexOf('.') < 0) ? plain + ".0" : plain;
        }
        String digits = shortest.unscaledValue().abs().toString();
        return ((value < 0) ? "-" : "") + digits.charAt(0) + ((digits.length() > 1) ? "." + digits.substring(1) : "")
                + exponent(exponent);
    }

    static String exponent(int exponent) {
        return ((exponent < 0) ? "e-" : "e+") + ((Math.abs(exponent) < 10) ? "0" : "") + Math.abs(exponent);
    }

    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        for (int precision = 1; precision < 17; precision++) {
            BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
            if (rounded.doubleValue() == value) {
                return rounded.stripTrailingZeros();
            }
        }
        return exact.round(new MathContext(17, RoundingMode.HALF_EVEN)).stripTrailingZeros();
    }

    /** Python's {@code round(value, digits)}. */
    static Number round(Number value, long digits) {
        int scale = (int) Math.max(-400, Math.min(400, digits));
        if (value instanceof Double number) {
            if (number.isNaN() || number.isInfinite()) {
                return number;
            }
            return new BigDecimal(number).setScale(scale, RoundingMode.HALF_EVEN).doubleValue();
        }
        if (scale >= 0) {
            return value;
        }
        return integer(new BigDecimal(big(value)).setScale(scale, RoundingMode.HALF_EVEN).toBigInteger());
    }

    /** Python's {@code int(text, base)}; null if the text is no integer. */
    static @Nullable Number parseInteger(String text, int base) {
        String digits = Strings.strip(text, null).replace("_", "");
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int radix = base;
        if (digits.length() > 2 && digits.charAt(0) == '0') {
            int prefix = switch (digits.charAt(1)) {
                case 'x', 'X' -> 16;
                case 'o', 'O' -> 8;
                case 'b', 'B' -> 2;
                default -> 0;
            };
            if (prefix != 0 && (base == prefix || base == 0)) {
                radix = prefix;
                digits = digits.substring(2);
            }
        }
        radix = (radix == 0) ? 10 : radix;
        if (digits.isEmpty() || radix < 2 || radix > 36) {
            return null;
        }
        for (int i = 0; i < digits.length(); i++) {
            if (Character.digit(digits.charAt(i), radix) < 0) {
                return null;
            }
        }
        if (digits.length() > MOST_DIGITS) {
            throw PythonError.value("an integer has more than " + MOST_DIGITS + " digits");
        }
        BigInteger value = new BigInteger(digits, radix);
        return integer(negative ? value.negate() : value);
    }

    /** Python's {@code float(text)}; null if the text is no number. */
    static @Nullable Double parseReal(String text) {
        String stripped = Strings.strip(text, null);
        String sign = (stripped.startsWith("-") || stripped.startsWith("+")) ? stripped.substring(0, 1) : "";
        String word = Strings.lower(stripped.substring(sign.length()));
        if (word.equals("inf") || word.equals("infinity")) {
            return sign.equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        if (word.equals("nan")) {
            return Double.NaN;
        }
        for (int i = 0; i < word.length(); i++) {
            if ("0123456789.e+-_".indexOf(word.charAt(i)) < 0) {
                return null;
            }
        }
        try {
            return Double.valueOf(sign + word.replace("_", ""));
        }
        catch (NumberFormatException ex) {
            return null;
        }
    }

}
