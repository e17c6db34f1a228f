package dev.cerberus.hf;

import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HalfFloatsTests {

    @Test
    void everyFloat16SurvivesTheWayThroughFloat() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = HalfFloats.fromFloat16((short) bits);
            int back = HalfFloats.toFloat16(value) & 0xffff;
            // a NaN comes back quiet
            assertThat(back).isEqualTo(Float.isNaN(value) ? bits | 0x0200 : bits);
        }
    }

    @Test
    void everyBFloat16SurvivesTheWayThroughFloat() {
        for (int bits = 0; bits <= 0xffff; bits++) {
            float value = HalfFloats.fromBFloat16((short) bits);
            int back = HalfFloats.toBFloat16(value) & 0xffff;
            assertThat(back).isEqualTo(Float.isNaN(value) ? bits | 0x0040 : bits);
        }
    }

    @Test
    void everyFloat16HasTheValueOfItsFields() {
        for (int bits = 0; bits < 0x7c00; bits++) {
            int exponent = bits >>> 10;
            int fraction = bits & 0x3ff;
            double expected = (exponent == 0) ? fraction * 0x1p-24
                    : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
            assertThat((double) HalfFloats.fromFloat16((short) bits)).isEqualTo(expected);
            assertThat((double) HalfFloats.fromFloat16((short) (bits | 0x8000))).isEqualTo(-expected);
        }
        assertThat(HalfFloats.fromFloat16((short) 0x7c00)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(HalfFloats.fromFloat16((short) 0xfc00)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void toFloat16WhenValueIsBetweenTwoNeighboursTakesTheNearerAndTheEvenOneOnTies() {
        for (int bits = 0; bits < 0x7bff; bits++) {
            float lower = HalfFloats.fromFloat16((short) bits);
            float upper = HalfFloats.fromFloat16((short) (bits + 1));
            // exact: a float has more than one bit to spare
            float middle = (lower + upper) / 2;
            assertThat(HalfFloats.toFloat16(Math.nextDown(middle)) & 0xffff).isEqualTo(bits);
            assertThat(HalfFloats.toFloat16(middle) & 0xffff).isEqualTo(bits + (bits & 1));
            assertThat(HalfFloats.toFloat16(Math.nextUp(middle)) & 0xffff).isEqualTo(bits + 1);
            assertThat(HalfFloats.toFloat16(-middle) & 0xffff).isEqualTo((bits + (bits & 1)) | 0x8000);
        }
    }

    @Test
    void toBFloat16WhenValueIsBetweenTwoNeighboursTakesTheNearerAndTheEvenOneOnTies() {
        for (int bits = 0; bits < 0x7f7f; bits++) {
            // between two neighbours the bits of a float count evenly
            int middle = (bits << 16) + 0x8000;
            assertThat(HalfFloats.toBFloat16(Float.intBitsToFloat(middle - 1)) & 0xffff).isEqualTo(bits);
            assertThat(HalfFloats.toBFloat16(Float.intBitsToFloat(middle)) & 0xffff).isEqualTo(bits + (bits & 1));
            assertThat(HalfFloats.toBFloat16(Float.intBitsToFloat(middle + 1)) & 0xffff).isEqualTo(bits + 1);
        }
    }

    @ParameterizedTest
    @CsvSource({ "65519.996, 7bff", "65520, 7c00", "1e10, 7c00", "Infinity, 7c00", "-65520, fc00", "0.0, 0000",
            "-0.0, 8000", "2.9802322E-8, 0000", "2.9802326E-8, 0001", "-1.4E-45, 8000" })
    void toFloat16AtTheEndsOfItsRange(float value, String expected) {
        assertThat(String.format("%04x", HalfFloats.toFloat16(value) & 0xffff)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({ "3.4028235E38, 7f80", "3.3895314E38, 7f7f", "-Infinity, ff80", "-0.0, 8000" })
    void toBFloat16AtTheEndsOfItsRange(float value, String expected) {
        assertThat(String.format("%04x", HalfFloats.toBFloat16(value) & 0xffff)).isEqualTo(expected);
    }

    @Test
    void nansOfAnyPayloadStayNans() {
        SplittableRandom random = new SplittableRandom(11);
        for (int i = 0; i < 1000; i++) {
            float nan = Float.intBitsToFloat(0x7f800001 + random.nextInt(0x7ffffe));
            assertThat(HalfFloats.fromFloat16(HalfFloats.toFloat16(nan))).isNaN();
            assertThat(HalfFloats.fromBFloat16(HalfFloats.toBFloat16(nan))).isNaN();
        }
    }

}
