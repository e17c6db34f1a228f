package dev.cerberus.advice;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import dev.cerberus.decode.PromptTooLongException;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.model.ModelException;

import static org.assertj.core.api.Assertions.assertThat;

class AdviceTests {

    private static final Remedy RAISE = Remedy.of("raise", Setting.MAX_CONTEXT, "to 9");

    private static final Advice ADVICE = Advice.of("it is full", Remedy.of("ask for less"), RAISE,
            Remedy.on(Setting.CONTEXT_LOOKUP));

    /** A front that has only one of the settings. */
    private static final SettingNames ONE = (setting) -> Optional.of("--context")
        .filter((name) -> setting == Setting.MAX_CONTEXT);

    private static final SettingNames NONE = (setting) -> Optional.empty();

    @Test
    void settingsAreNamedAsTheFrontDoes() {
        assertThat(ADVICE.in(SettingNames.JAVA)).isEqualTo("it is full; ask for less, raise EngineOptions.maxContext "
                + "to 9, or set EngineOptions.contextLookup to true");
        assertThat(ADVICE.in(ONE)).isEqualTo("it is full; ask for less, or raise --context to 9");
    }

    @Test
    void whatAFrontLacksIsNotAdvised() {
        assertThat(ADVICE.in(NONE)).isEqualTo("it is full; ask for less");
        assertThat(Advice.of("it is full", RAISE).in(NONE)).isEqualTo("it is full");
    }

    @Test
    void adviceIsHandedOnByWhatItCauses() {
        assertThat(Advice.of(new ModelException(ADVICE)).after("Writing failed: ").in(ONE))
            .isEqualTo("Writing failed: it is full; ask for less, or raise --context to 9");
        assertThat(Advice.of(new IllegalStateException("broken"))).isEqualTo(Advice.of("broken"));
        assertThat(Advice.of("it is full", RAISE).or(Remedy.of("wait")).in(ONE))
            .isEqualTo("it is full; raise --context to 9, or wait");
    }

    @ParameterizedTest
    @EnumSource
    void everySettingIsAnOptionOfTheEngine(Setting setting) {
        Class<?> type = EngineOptions.class;
        for (String name : setting.option().split("\\.")) {
            type = Stream.of(type.getRecordComponents())
                .filter((component) -> component.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("EngineOptions has no " + setting.option()))
                .getType();
        }
        assertThat(type.isRecord()).as("it can be set as a whole").isFalse();
    }

    static Stream<Throwable> failures() {
        return Stream.of(new ModelException(Advice.of("full", RAISE)), new PromptTooLongException(9, 8, true));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void failureSpeaksTheWordsOfWhereItGoes(Throwable failure) throws Exception {
        assertThat(failure).hasMessageContaining("raise EngineOptions.maxContext");
        assertThat(Advised.told(failure, ONE)).isSameAs(failure)
            .hasMessageContaining("raise --context")
            .hasMessageNotContaining("EngineOptions");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(failure);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            Throwable elsewhere = (Throwable) in.readObject();
            assertThat(elsewhere).hasMessage(failure.getMessage());
            assertThat(Advice.of(elsewhere)).isEqualTo(Advice.of(failure));
        }
    }

    @Test
    void failureThatGivesNoAdviceIsLeftAlone() {
        IllegalStateException other = new IllegalStateException("broken");
        assertThat(Advised.told(other, ONE)).isSameAs(other).hasMessage("broken");
    }

}
