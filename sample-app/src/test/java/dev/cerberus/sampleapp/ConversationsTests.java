package dev.cerberus.sampleapp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ConversationsTests {

    private final Conversations conversations = new Conversations();

    private int remembered(String id) {
        return this.conversations.turn(id, null, true).ask("next", (messages) -> messages.size() / 2);
    }

    @Test
    void memoryIsBoundedByCharactersAndForgetsTheOldest() {
        String text = "x".repeat(500_000);
        String first = this.conversations.open(null);
        String last = first;
        this.conversations.remember(first, text, text);
        for (int i = 0; i < 20; i++) {
            last = this.conversations.open(null);
            this.conversations.remember(last, text, text);
            assertThat(this.conversations.characters()).isLessThanOrEqualTo(8_000_000);
        }
        assertThat(remembered(first)).isZero();
        assertThat(this.conversations.open(first)).isNotEqualTo(first);
        assertThat(remembered(last)).isEqualTo(1);
    }

    @Test
    void exchangeBeyondTheBoundIsNotRemembered() {
        String id = this.conversations.open(null);
        this.conversations.remember(id, "x".repeat(9_000_000), "");
        assertThat(this.conversations.characters()).isZero();
        assertThat(remembered(id)).isZero();
    }

    @Test
    void memoryIsBoundedByNumberToo() {
        String first = this.conversations.open(null);
        this.conversations.remember(first, "a", "b");
        for (int i = 0; i < 1000; i++) {
            this.conversations.remember(this.conversations.open(null), "a", "b");
        }
        assertThat(remembered(first)).isZero();
        assertThat(this.conversations.characters()).isEqualTo(2000);
    }

    @Test
    void lastExchangesOfAConversationAreKept() {
        String id = this.conversations.open(null);
        for (int i = 0; i < 20; i++) {
            this.conversations.remember(id, "q", "a");
        }
        assertThat(remembered(id)).isEqualTo(8);
        assertThat(this.conversations.characters()).isEqualTo(16);
    }

    @Test
    void answerThatIsThereAtOnceComesAfterWhatItReplaces() {
        Conversations.Turn turn = this.conversations.turn(null, List.of(new Exchange("one", "yes")), true);
        List<String> said = new ArrayList<>();
        turn.ask("two", (messages) -> {
            turn.remember("two", "at once");
            return 0;
        });
        this.conversations.turn(turn.id(), null, true).ask("three", (messages) -> {
            messages.forEach((message) -> said.add(message.toString()));
            return 0;
        });
        assertThat(said).hasSize(5);
    }

    @Test
    void idsAreNeverTheSame() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ids.add(this.conversations.open("known to nobody"));
        }
        assertThat(ids).hasSize(10_000).doesNotContain("known to nobody").allMatch((id) -> id.length() == 22);
    }

}
