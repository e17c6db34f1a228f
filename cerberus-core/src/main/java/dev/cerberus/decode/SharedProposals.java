package dev.cerberus.decode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.cerberus.model.DraftHeads;
import dev.cerberus.model.DraftProposal;
import dev.cerberus.model.DraftRoot;

/**
 * Asks the draft heads for all sessions that take a step together, in one call.
 */
final class SharedProposals {

    private final BatchListener listener;

    SharedProposals(BatchListener listener) {
        this.listener = listener;
    }

    /**
     * Offers sessions what the heads propose, if their gates want that. Where the call
     * fails nothing is offered, and each session asks for itself when it plans.
     * @param sessions sessions whose answers are being written
     * @param mostRows the most rows that any of them may get
     * @param failures takes what went wrong, by session
     */
    void ask(List<DecodeSession> sessions, int mostRows, Map<DecodeSession, Throwable> failures) {
        Map<DraftHeads, List<Question>> questions = new LinkedHashMap<>(); // mostly one
        for (DecodeSession session : sessions) {
            try {
                Optional<DraftRoot> root = session.consult(mostRows);
                root.ifPresent((asked) -> questions
                    .computeIfAbsent(session.heads().orElseThrow(), (heads) -> new ArrayList<>())
                    .add(new Question(session, asked)));
            }
            catch (Throwable ex) { // also an Error: it is this session's, the others go
                                   // on
                failures.put(session, ex);
            }
        }
        questions.forEach(this::ask);
    }

    private void ask(DraftHeads heads, List<Question> questions) {
        long start = System.nanoTime();
        List<DraftProposal> proposals;
        try {
            proposals = heads.propose(questions.stream().map(Question::root).toList());
        }
        catch (Throwable ex) { // whose fault it is shows when each asks for itself
            this.listener.onRetry(questions.size(), ex);
            return;
        }
        double share = (System.nanoTime() - start) * 1e-9 / questions.size();
        for (int i = 0; i < proposals.size(); i++) {
            questions.get(i).session().offer(proposals.get(i), share);
        }
    }

    private record Question(DecodeSession session, DraftRoot root) {
    }

}
