package dev.cerberus.engine;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

import dev.cerberus.hf.ModelDirectory;
import dev.cerberus.text.ChatTemplate;
import dev.cerberus.text.TextTokenizer;
import dev.cerberus.text.TokenizerSettings;

/**
 * The tokens that end an answer: those that the configuration, the recommendations for
 * decoding and the tokenizer's settings name, and the one that the chat template writes
 * after an answer.
 */
final class EndOfTurn {

    private EndOfTurn() {
    }

    /*
     * A fine-tune often changes one of the four and leaves the others as they were, so
     * none is right alone. Only a token of the configuration that the tokenizer does not
     * hold for special is doubted where others say more: it is a default that many files
     * carry along.
     */
    static Set<Integer> find(ModelDirectory directory, TokenizerSettings settings, TextTokenizer tokenizer,
            Optional<ChatTemplate> template) {
        Set<Integer> ends = new TreeSet<>(directory.generation().eosTokenIds());
        int vocabulary = directory.config().vocabularySize();
        settings.eosToken().ifPresent((token) -> add(ends, tokenizer.tokenId(token), vocabulary));
        template.flatMap(ChatTemplate::afterAnswer)
            .ifPresent((text) -> add(ends, tokenizer.specialTokenAtStart(text), vocabulary));
        List<Integer> configured = directory.config().eosTokenIds();
        configured.stream()
            .filter((id) -> ends.isEmpty() || tokenizer.specialToken(id).isPresent())
            .toList()
            .forEach(ends::add);
        return Set.copyOf(ends);
    }

    private static void add(Set<Integer> ends, OptionalInt id, int vocabulary) {
        if (id.isPresent() && id.getAsInt() < vocabulary) {
            ends.add(id.getAsInt());
        }
    }

}
