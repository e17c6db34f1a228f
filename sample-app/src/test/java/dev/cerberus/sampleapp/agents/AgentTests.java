package dev.cerberus.sampleapp.agents;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.langchain4j.agentic.Agent;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import dev.langchain4j.agentic.supervisor.SupervisorAgent;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.UserMessage;
import dev.langchain4j.service.V;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineOptions;
import dev.cerberus.engine.KnowingEngine;
import dev.cerberus.langchain4j.CerberusChatModel;
import dev.cerberus.langchain4j.CerberusChatRequestParameters;
import dev.cerberus.langchain4j.SupervisorChatModel;
import dev.cerberus.testing.KnownAnswers.Turn;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Agents in sequence, in a loop, side by side and under a supervisor. LangChain4j wants
 * their interfaces to be public.
 */
public class AgentTests {

    private static final Optional<String> LOCATION = Optional.ofNullable(System.getProperty("cerberus.agents.model"));

    private static final String DRAFT = "A fox met a dragon.";

    private static final String EDITED = "A brave fox met a shy dragon.";

    public interface Writer {

        @Agent(name = "writer", description = "Writes a story about a topic", outputKey = "story")
        @UserMessage("Write one sentence of a story about {{topic}}.")
        String write(@V("topic") String topic);

    }

    public interface Editor {

        @Agent(name = "editor", description = "Makes a story better", outputKey = "story")
        @UserMessage("Make this story better, in one sentence: {{story}}")
        String edit(@V("story") String story);

    }

    public interface Critic {

        @Agent(name = "critic", description = "Scores a story", outputKey = "score")
        @UserMessage("How good is this story, from 0.0 to 1.0? {{story}}")
        double score(@V("story") String story);

    }

    public interface Cook {

        @Agent(name = "cook", description = "Proposes meals for a mood", outputKey = "meals")
        @UserMessage("Name two meals for somebody who is {{mood}}.")
        List<String> meals(@V("mood") String mood);

    }

    public interface Cineast {

        @Agent(name = "cineast", description = "Proposes films for a mood", outputKey = "films")
        @UserMessage("Name two films for somebody who is {{mood}}.")
        List<String> films(@V("mood") String mood);

    }

    public interface Meteorologist {

        @Agent(name = "meteorologist", description = "Knows the weather of cities", outputKey = "weather")
        @UserMessage("How is the weather in {{city}}?")
        String weather(@V("city") String city);

    }

    private static CerberusEngine engine;

    private static ChatModel model;

    @BeforeAll
    static void open() {
        engine = LOCATION.map((location) -> CerberusEngine.open(EngineOptions.builder(location).build()))
            .orElseGet(() -> KnowingEngine.open("agents", AgentTests::answers));
        model = CerberusChatModel.builder(engine)
            .defaultRequestParameters(CerberusChatRequestParameters.builder().maxOutputTokens(120).build())
            .build();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    private static List<String> answers(List<Turn> conversation) {
        String question = conversation.get(conversation.size() - 1).content();
        if (question.startsWith("Write one sentence")) {
            return List.of(DRAFT);
        }
        if (question.startsWith("Make this story better")) {
            return List.of(EDITED);
        }
        if (question.startsWith("How good is this story")) {
            return List.of("{\"value\": " + (question.contains(EDITED) ? "0.9" : "0.4") + "}");
        }
        if (question.startsWith("Name two")) {
            return List.of(question.contains("meals") ? "{\"values\": [\"soup\", \"pie\"]}"
                    : "{\"values\": [\"Fargo\", \"Alien\"]}");
        }
        if (question.startsWith("How is the weather in Rome")) {
            return List.of("It is sunny in Rome.");
        }
        // the supervisor asks what is next
        return List.of(question.contains("It is sunny in Rome.")
                ? "{\"agentName\": \"done\", \"arguments\": {\"response\": \"Rome is sunny.\"}}"
                : "{\"agentName\": \"meteorologist\", \"arguments\": {\"city\": \"Rome\"}}");
    }

    private static <T> T agent(Class<T> type) {
        return AgenticServices.agentBuilder(type).chatModel(model).build();
    }

    /** Asserts what only a model that knows the answers says. */
    private static void knowing(Runnable assertion) {
        if (LOCATION.isEmpty()) {
            assertion.run();
        }
    }

    @Test
    void sequenceHandsOnWhatCameBefore() {
        UntypedAgent novelist = AgenticServices.sequenceBuilder()
            .subAgents(agent(Writer.class), agent(Editor.class))
            .outputKey("story")
            .build();
        Object story = novelist.invoke(Map.of("topic", "a fox and a dragon"));
        assertThat((String) story).isNotBlank();
        knowing(() -> assertThat(story).isEqualTo(EDITED));
    }

    @Test
    void loopGoesOnUntilTheCriticIsContent() {
        int[] rounds = new int[1];
        UntypedAgent reviewed = AgenticServices.loopBuilder()
            .subAgents(agent(Critic.class), agent(Editor.class))
            .maxIterations(3)
            .exitCondition((scope) -> {
                rounds[0]++;
                return scope.readState("score", 0.0) >= 0.8;
            })
            .outputKey("story")
            .build();
        Object story = reviewed.invoke(Map.of("story", DRAFT));
        assertThat((String) story).isNotBlank();
        knowing(() -> {
            assertThat(story).isEqualTo(EDITED);
            assertThat(rounds[0]).isEqualTo(3); // low score, edited, high score
        });
    }

    @Test
    void agentsSideBySideAreAnsweredTogether() {
        UntypedAgent evening = AgenticServices.parallelBuilder()
            .subAgents(agent(Cook.class), agent(Cineast.class))
            .output((scope) -> List.of(scope.readState("meals", List.of()), scope.readState("films", List.of())))
            .outputKey("evening")
            .build();
        Object plan = evening.invoke(Map.of("mood", "sad"));
        assertThat((List<?>) plan).hasSize(2);
        knowing(() -> assertThat(plan).isEqualTo(List.of(List.of("soup", "pie"), List.of("Fargo", "Alien"))));
    }

    @Test
    void supervisorCallsWhoIsNeededAndStops() {
        SupervisorAgent supervisor = AgenticServices.supervisorBuilder()
            .chatModel(
                    SupervisorChatModel.builder(model).agent("meteorologist", "city").agent("writer", "topic").build())
            .subAgents(agent(Meteorologist.class), agent(Writer.class))
            .maxAgentsInvocations(4)
            .build();
        Object answer = supervisor.invoke("How is the weather in Rome?");
        assertThat((String) answer).isNotBlank();
        knowing(() -> assertThat(answer).isEqualTo("It is sunny in Rome."));
    }

}
