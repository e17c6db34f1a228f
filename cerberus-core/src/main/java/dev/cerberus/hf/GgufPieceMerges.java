package dev.cerberus.hf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The merges that do what the scores of a SentencePiece vocabulary do.
 *
 * <p>
 * SentencePiece joins the neighbours whose union has the highest score. Every way to cut
 * a piece into two others is therefore a merge, and higher scores come first.
 */
final class GgufPieceMerges {

    /** No real piece comes near, and cutting takes time with the square of the length. */
    private static final int MAX_PIECE_CHARACTERS = 1024;

    private GgufPieceMerges() {
    }

    /**
     * Lists the merges.
     * @param file the file to name in messages
     * @param pieces the vocabulary
     * @param scores the score of each piece
     * @param reachable whether a piece of this id can be the result of merging
     * @return the merges, first to be applied first
     */
    static List<Merge> of(Path file, List<String> pieces, float[] scores, IntPredicate reachable) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < pieces.size(); id++) {
            ids.putIfAbsent(pieces.get(id), id);
        }
        List<Ranked> ranked = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            if (reachable.test(id)) {
                cut(file, pieces.get(id), scores[id], ids, ranked);
            }
        }
        ranked.sort(Comparator.comparing(Ranked::score, Comparator.reverseOrder())
            .thenComparing(Ranked::leftLength, Comparator.reverseOrder()));
        return ranked.stream().map(Ranked::merge).toList();
    }

    private static void cut(Path file, String piece, float score, Map<String, Integer> ids, List<Ranked> ranked) {
        if (piece.length() > MAX_PIECE_CHARACTERS) {
            throw new ModelFileException(file,
                    "has a token of " + piece.length() + " characters, more than " + MAX_PIECE_CHARACTERS,
                    "fetch the file again");
        }
        for (int at = piece.offsetByCodePoints(0, Math.min(1, piece.length())); at < piece.length(); at = piece
            .offsetByCodePoints(at, 1)) {
            String left = piece.substring(0, at);
            String right = piece.substring(at);
            if (ids.containsKey(left) && ids.containsKey(right)) {
                ranked.add(new Ranked(score, at, new Merge(left, right)));
            }
        }
    }

    /** Two neighbours that become one. */
    record Merge(String left, String right) {
    }

    private record Ranked(float score, int leftLength, Merge merge) {
    }

}
