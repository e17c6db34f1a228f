package dev.cerberus.training.evaluation;

import java.util.List;

import org.junit.jupiter.api.Test;

import dev.cerberus.engine.Prompt;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConversationTests {

    private final Conversation conversation = new Conversation("1", "writing", List.of("One?", "Two?"));

    @Test
    void promptOfTheFirstTurnIsTheTurnAlone() {
        assertThat(this.conversation.prompt(0, List.of(), true)).isEqualTo(new Prompt.Raw("One?"));
        assertThat(this.conversation.prompt(0, List.of(), false))
            .isEqualTo(new Prompt.Chat(List.of(ChatMessage.user("One?")), List.of()));
    }

    @Test
    void promptOfTheSecondTurnHoldsTheFirstAnswer() {
        assertThat(this.conversation.prompt(1, List.of(" Yes."), true)).isEqualTo(new Prompt.Raw("One? Yes.\nTwo?"));
        assertThat(this.conversation.prompt(1, List.of("Yes."), false)).isEqualTo(new Prompt.Chat(
                List.of(ChatMessage.user("One?"), ChatMessage.assistant("Yes."), ChatMessage.user("Two?")), List.of()));
    }

    @Test
    void promptWhenAnAnswerIsMissingIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> this.conversation.prompt(1, List.of(), true))
            .withMessageContaining("needs 1 answers");
    }

    @Test
    void conversationWithoutTurnsIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Conversation("1", "writing", List.of()))
            .withMessageContaining("has no turn");
    }

}
