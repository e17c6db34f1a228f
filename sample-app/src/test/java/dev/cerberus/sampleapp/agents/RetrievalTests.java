package dev.cerberus.sampleapp.agents;

import java.util.ArrayList;
import java.util.List;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.rag.content.retriever.EmbeddingStoreContentRetriever;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;
import org.junit.jupiter.api.Test;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.KnowingEngine;
import dev.cerberus.langchain4j.CerberusChatModel;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Retrieval with an embedding model in the same process.
 */
class RetrievalTests {

    private static final List<String> HANDBOOK = List.of("Parcels to Norway take six days and cost 19 euros.",
            "Lamps come with a warranty of five years.", "The office is closed on Mondays.",
            "Returned goods are refunded within two weeks.");

    interface Assistant {

        String answer(String question);

    }

    @Test
    void questionIsAnsweredFromWhatIsNearestToIt() {
        EmbeddingModel embeddings = new AllMiniLmL6V2QuantizedEmbeddingModel();
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        for (String sentence : HANDBOOK) {
            TextSegment segment = TextSegment.from(sentence);
            store.add(embeddings.embed(segment).content(), segment);
        }
        List<String> asked = new ArrayList<>();
        try (CerberusEngine engine = KnowingEngine.open("reader", (conversation) -> {
            asked.add(conversation.get(conversation.size() - 1).content());
            return List.of("It takes six days.");
        })) {
            Assistant assistant = AiServices.builder(Assistant.class)
                .chatModel(CerberusChatModel.builder(engine).build())
                .contentRetriever(EmbeddingStoreContentRetriever.builder()
                    .embeddingStore(store)
                    .embeddingModel(embeddings)
                    .maxResults(1)
                    .build())
                .build();
            assertThat(assistant.answer("How long does shipping to Scandinavia take?")).isEqualTo("It takes six days.");
        }
        assertThat(asked).singleElement()
            .asString()
            .contains("How long does shipping", HANDBOOK.get(0))
            .doesNotContain(HANDBOOK.get(1), HANDBOOK.get(2), HANDBOOK.get(3));
    }

}
