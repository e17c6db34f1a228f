package dev.cerberus.recipe.data;

import java.util.ArrayList;
import java.util.List;

/**
 * A conversation under construction; texts may name the variables of its {@link Fills}.
 * Not thread-safe.
 */
public final class Dialogue {

    // one chat in this many starts with a system prompt, one in FOLLOWED goes on after
    // its first answer
    private static final int SYSTEM = 7;

    private static final int FOLLOWED = 4;

    private static final int THANKED = 25;

    private static final String[] THANKS = { "Thank you!", "Thanks!", "Thank you very much.", "Great, thank you.",
            "Thanks a lot!", "OK, thanks." };

    private static final String WELCOME = "You are welcome! Let me know if there is anything else I can do for you.";

    private static final String[] SYSTEM_PROMPTS = { "You are a helpful assistant.",
            "You are Cerberus, a helpful assistant.", "You are a friendly assistant. Answer clearly and briefly.",
            "Answer the user's question.", "You are an assistant inside a Java application.", "Be polite and precise.",
            "You are a careful assistant that answers in plain English.", "Help the user as well as you can." };

    private final Fills fills;

    private final List<Turn> turns = new ArrayList<>();

    private final List<String> tools = new ArrayList<>();

    private List<String> mustContain = List.of();

    private boolean followed;

    Dialogue(Fills fills, String request) {
        this.fills = fills;
        this.turns.add(new Turn("user", request));
    }

    /**
     * Appends the answer of the assistant.
     */
    public Dialogue answer(String pattern) {
        this.turns.add(new Turn("assistant", this.fills.text(pattern)));
        return this;
    }

    /**
     * Names what the answer before has to contain.
     */
    public Dialogue must(String... patterns) {
        this.mustContain = List.of(patterns).stream().map(this.fills::text).distinct().toList();
        return this;
    }

    /**
     * Lists the tools that the assistant may call.
     */
    public Dialogue tools(List<String> definitions) {
        this.tools.addAll(definitions);
        return this;
    }

    /**
     * Appends the result of a tool call.
     */
    public Dialogue toolResult(String pattern) {
        this.turns.add(new Turn("tool", this.fills.text(pattern)));
        return this;
    }

    /**
     * Goes on with another request in some of the conversations, in one of the given
     * phrasings; at most one such request follows, the first that chance selects.
     * @param phrasings phrasings of the request, separated by a vertical bar
     * @param answer what the assistant answers then
     * @param must what that answer has to contain
     */
    public Dialogue then(String phrasings, String answer, String... must) {
        if (!this.followed && this.fills.chance(FOLLOWED) == 0) {
            this.followed = true;
            String[] options = phrasings.split("\\|", -1);
            this.turns.add(new Turn("user", this.fills.text(options[this.fills.chance(options.length)])));
            return answer(answer).must(must);
        }
        return this;
    }

    /**
     * Appends a shorter form of the answer, on request, in some of the conversations.
     */
    public Dialogue shorter(String answer, String... must) {
        return then("Make it shorter.|Can you make it shorter?|Please shorten your answer.|Shorter, please."
                + "|Say that in one or two sentences.|Give me a shorter version.", answer, must);
    }

    /**
     * Appends the answer as a list, on request, in some of the conversations.
     */
    public Dialogue asList(String answer, String... must) {
        return then("Now as a list.|Write that as a list.|Can you put that into a list?|Turn it into bullet points."
                + "|Give me the same as bullet points.", answer, must);
    }

    Conversation build(String category) {
        List<Turn> all = new ArrayList<>();
        if (this.tools.isEmpty() && this.fills.chance(SYSTEM) == 0) {
            all.add(new Turn("system", SYSTEM_PROMPTS[this.fills.chance(SYSTEM_PROMPTS.length)]));
        }
        all.addAll(this.turns);
        // held-out conversations end with the answer that is measured
        if (this.tools.isEmpty() && this.fills.split() == Split.TRAINING && this.fills.chance(THANKED) == 0) {
            all.add(new Turn("user", THANKS[this.fills.chance(THANKS.length)]));
            all.add(new Turn("assistant", WELCOME));
            return new Conversation(category, this.tools, all, List.of(WELCOME));
        }
        return new Conversation(category, this.tools, all, this.mustContain);
    }

}
