package dev.cerberus.langchain4j.kit;

import java.util.List;
import java.util.Optional;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import org.jspecify.annotations.Nullable;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.KnowingEngine;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.CerberusStreamingChatModel;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

/**
 * The model under test, one for all kits. Opened when first asked for, closed by
 * {@link KitRun}.
 */
final class KitModel {

    static final String NAME = "kit-model";

    private static final Optional<String> LOCATION = Optional.ofNullable(System.getProperty("cerberus.kits.model"))
        .filter((location) -> !location.isBlank());

    /** Small models write a lot where a word would do. */
    private static final int MOST_TOKENS = 256;

    private static @Nullable CerberusEngine engine;

    private KitModel() {
    }

    /** Returns whether the model knows the answers. */
    static boolean knowsAnswers() {
        return LOCATION.isEmpty();
    }

    static synchronized CerberusEngine engine() {
        CerberusEngine open = engine;
        if (open == null) {
            open = LOCATION.map(KitModel::load).orElseGet(() -> KnowingEngine.open(NAME, new KitAnswers()));
            engine = open;
        }
        return open;
    }

    private static CerberusEngine load(String location) {
        return CerberusEngine.open(EngineOptions.builder(location).modelName(Optional.of(NAME)).build());
    }

    static synchronized void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    static ChatModel chat() {
        return chat(ChatRequestParameters.builder().build());
    }

    static ChatModel chat(ChatRequestParameters parameters) {
        return CerberusChatModel.builder(engine()).defaultRequestParameters(bounded(parameters)).build();
    }

    static StreamingChatModel streaming() {
        return streaming(ChatRequestParameters.builder().build());
    }

    static StreamingChatModel streaming(ChatRequestParameters parameters) {
        return CerberusStreamingChatModel.builder(engine()).defaultRequestParameters(bounded(parameters)).build();
    }

    static StreamingChatModel streaming(ChatModelListener listener) {
        return CerberusStreamingChatModel.builder(engine()).listeners(List.of(listener)).build();
    }

    private static ChatRequestParameters bounded(ChatRequestParameters parameters) {
        return CerberusChatRequestParameters.builder().maxOutputTokens(MOST_TOKENS).build().overrideWith(parameters);
    }

    /** Returns the parameters that the listener kits ask for, with drafts by rank. */
    static ChatRequestParameters observed() {
        return CerberusChatRequestParameters.builder()
            .temperature(0.7)
            .topP(1.0)
            .maxOutputTokens(7)
            .seed(1L)
            .coupledDrafting(false)
            .build();
    }

    /** Returns a generator that takes no request. */
    static ScriptedGenerator failing() {
        return new ScriptedGenerator().refusing(new QueueFullException(64));
    }

}
