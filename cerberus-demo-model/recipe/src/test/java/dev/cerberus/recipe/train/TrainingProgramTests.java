package dev.cerberus.recipe.train;

import java.util.Locale;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TrainingProgramTests {

    @Test
    void sourceIsTheSameWhateverTheLocale() {
        ModelShape shape = new ModelShape(256, 10, 4, 2, 64, 1024, 4096, 1024);
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.ROOT);
            String expected = TrainingProgram.source(shape, true, 512);
            Locale.setDefault(Locale.forLanguageTag("ar-EG"));
            assertThat(TrainingProgram.source(shape, true, 512)).isEqualTo(expected);
        }
        finally {
            Locale.setDefault(before);
        }
    }

}
