package dev.cerberus.openai;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.sample.SamplingOptions;

import static org.assertj.core.api.Assertions.assertThat;

/** What the fields of a request make of the application's defaults. */
@TestPropertySource(properties = { "cerberus.chat.temperature=0.7", "cerberus.chat.top-k=4", "cerberus.chat.min-p=0.1",
        "cerberus.chat.repetition-penalty=1.3" })
class OpenAiDefaultsTests extends AbstractOpenAiHttpTests {

    @Test
    void fieldWhoseValueLimitsNothingLiftsTheLimitOfTheApplication() throws Exception {
        ScriptedGenerator generator = answer("x");
        String unlimited = ",\"temperature\":1,\"top_k\":0,\"min_p\":0,\"repetition_penalty\":1}";
        for (String[] each : new String[][] {
                { "/v1/chat/completions", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" },
                { "/v1/completions", "{\"prompt\":\"Once\"" } }) {
            HttpResponse<String> response = send(post(each[0], each[1] + unlimited));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            SamplingOptions sampling = generator.lastRequest().sampling();
            assertThat(sampling).as(each[0]).isEqualTo(new SamplingOptions(1, 0, 1, sampling.seed()));
        }
    }

    @Test
    void fieldThatIsLeftOutIsTheApplications() throws Exception {
        ScriptedGenerator generator = answer("x");
        for (String fields : new String[] { "", ",\"top_k\":null" }) {
            assertThat(chat(fields).statusCode()).isEqualTo(200);
            assertThat(generator.lastRequest().sampling().topK()).isEqualTo(4);
        }
    }

}
