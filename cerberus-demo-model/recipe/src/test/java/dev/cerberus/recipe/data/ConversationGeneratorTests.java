package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ConversationGeneratorTests {

    @Test
    void nextWhenSeedsAreEqualWritesEqualConversations() {
        assertThat(conversations(5, Split.TRAINING, 300)).isEqualTo(conversations(5, Split.TRAINING, 300));
        assertThat(conversations(5, Split.TRAINING, 300)).isNotEqualTo(conversations(6, Split.TRAINING, 300));
    }

    @Test
    void nextLeavesNoVariableOpenInAnyText() {
        for (Conversation conversation : conversations(1, Split.TRAINING, 20_000)) {
            for (Turn turn : conversation.turns()) {
                assertThat(turn.content()).doesNotContainPattern("\\{(?:[acA]:)?[a-z][A-Za-z0-9]*}");
            }
        }
    }

    @Test
    void nextWritesTheRightArticleBeforeVowels() {
        for (Conversation conversation : conversations(2, Split.TRAINING, 20_000)) {
            for (Turn turn : conversation.turns()) {
                assertThat(turn.content()).doesNotContainPattern(
                        "(?<![\\w'\"])[Aa] (?:apple|electric|essay|autumn|engineer|owl|ear |ice |oven|umbrella|old)")
                    .doesNotContainPattern("(?<!\\w)[Aa]n (?:cat|dog|teacher|kitchen|blue|report|uni)");
            }
        }
    }

    @Test
    void heldOutRequestsNeverOccurInTraining() {
        Set<String> training = new HashSet<>();
        for (Conversation conversation : conversations(1, Split.TRAINING, 60_000)) {
            training.add(conversation.category() + conversation.userTurns().get(0));
        }
        Set<String> heldOut = new HashSet<>();
        for (Conversation conversation : conversations(2, Split.HELD_OUT, 10_000)) {
            heldOut.add(conversation.category() + conversation.userTurns().get(0));
        }
        assertThat(heldOut).hasSizeGreaterThan(5_000);
        heldOut.retainAll(training);
        assertThat(heldOut).isEmpty();
    }

    @Test
    void heldOutListEntriesNeverOccurInTrainingRequests() {
        List<String> names = new FillLists().list("surnames", Split.HELD_OUT);
        assertThat(names).hasSizeGreaterThan(10);
        for (Conversation conversation : conversations(3, Split.TRAINING, 20_000)) {
            for (String word : conversation.userTurns().get(0).split("[^\\p{L}]+")) {
                assertThat(names).doesNotContain(word);
            }
        }
    }

    @Test
    void benchHasTenQuestionsOfEachCategoryAndThreeOfThemHaveTwoTurns() {
        List<Conversation> bench = HeldOutPrompts.bench(HeldOutPrompts.BENCH_SEED);
        for (String category : ConversationGenerator.BENCH_CATEGORIES) {
            List<Conversation> questions = bench.stream().filter((item) -> item.category().equals(category)).toList();
            assertThat(questions).hasSize(10);
            assertThat(questions).filteredOn((item) -> item.userTurns().size() == 2).hasSize(3);
            assertThat(questions).extracting(Conversation::userTurns).doesNotHaveDuplicates();
        }
    }

    @Test
    void benchAndAccuracyPromptsNeverOccurInTraining() {
        Set<String> training = new HashSet<>();
        for (Conversation conversation : conversations(4, Split.TRAINING, 60_000)) {
            training.add(conversation.category() + conversation.userTurns().get(0));
        }
        List<Conversation> prompts = new ArrayList<>(HeldOutPrompts.bench(HeldOutPrompts.BENCH_SEED));
        prompts.addAll(HeldOutPrompts.accuracy(50));
        assertThat(prompts).hasSize(80 + 50 * ConversationGenerator.categories().size());
        assertThat(prompts).filteredOn((item) -> training.contains(item.category() + item.userTurns().get(0)))
            .isEmpty();
    }

    @Test
    void nextWhenCategoryIsUnknownNamesTheCategories() {
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(1));
        assertThatIllegalArgumentException().isThrownBy(() -> generator.next("cooking", Split.TRAINING))
            .withMessageContaining("was cooking")
            .withMessageContaining("humanities");
    }

    private static List<Conversation> conversations(long seed, Split split, int count) {
        ConversationGenerator generator = new ConversationGenerator(new SplittableRandom(seed));
        return Stream.generate(() -> generator.next(split)).limit(count).toList();
    }

}
