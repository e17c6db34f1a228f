package dev.cerberus.training;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.cerberus.text.ChatMessage;
import dev.cerberus.text.ChatTemplate;

import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

class UserTurnTests {

    static List<String> presets() {
        return ChatTemplate.presets();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void aQuestionStandsBetweenBeginningAndEnd(String preset) {
        ChatTemplate template = ChatTemplate.preset(preset);
        UserTurn turn = UserTurn.of(template).orElseThrow();
        String asked = template.render(List.of(ChatMessage.user("Why is it so?")), List.of(), true, Map.of());
        assertThat(asked).startsWith(turn.beginning());
        assertThat(turn.message(asked.substring(turn.beginning().length()), false)).contains("Why is it so?");
    }

    @ParameterizedTest
    @ValueSource(strings = { "{{ raise_exception('no') }}", "always the same", "{{ messages[0]['content'] }}",
            "user: {{ messages[0]['content'] }}" })
    void aTemplateThatSaysNotWhereAQuestionBeginsAndEndsGivesNone(String source) {
        assertThat(UserTurn.of(ChatTemplate.of("test", source))).isEmpty();
    }

    @Test
    void aMessageNeedsAnEnd() {
        UserTurn turn = new UserTurn("user: ", "assistant:");
        assertThat(turn.message("Why? assistant: because", false)).contains("Why?");
        assertThat(turn.message(" Why? ", true)).contains("Why?");
        assertThat(turn.message("Why is it that", false)).isEmpty();
        assertThat(turn.message("  ", true)).isEmpty();
        assertThat(turn.message("assistant: because", false)).isEmpty();
    }

}
