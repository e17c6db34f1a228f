package dev.cerberus.openai;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.core.io.ByteArrayResource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import dev.cerberus.engine.TextGenerator;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.spring.boot.autoconfigure.CerberusAutoConfiguration;
import dev.cerberus.spring.boot.autoconfigure.CerberusChatModelAutoConfiguration;
import dev.cerberus.testing.MainSources;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the page about the endpoints shows.
 */
class OpenAiPageTests {

    private static final Path PAGE = Path.of("..", "docs", "openai.md");

    private static String block(String pattern) throws Exception {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(Files.readString(PAGE));
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    @Test
    void settingsGiveTheEndpoints() throws Exception {
        YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
        yaml.setResources(new ByteArrayResource(block("```yaml\n(.*?)```").getBytes(UTF_8)));
        String[] properties = yaml.getObject()
            .entrySet()
            .stream()
            .map((Map.Entry<Object, Object> entry) -> entry.getKey() + "=" + entry.getValue())
            .toArray(String[]::new);
        new WebApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(CerberusAutoConfiguration.class,
                    CerberusChatModelAutoConfiguration.class, OpenAiAutoConfiguration.class))
            .withBean(TextGenerator.class, ScriptedGenerator::new)
            .withPropertyValues(properties)
            .run((context) -> assertThat(context).hasSingleBean(OpenAiController.class));
    }

    @Test
    void requestIsOneThatIsHonoured() throws Exception {
        ObjectNode body = (ObjectNode) new JsonMapper().readTree(block("-d '(\\{.*?\\})'"));
        assertThat(ChatCall.read(body, "scripted").form().stream()).isTrue();
    }

    @Test
    void everyFieldThatIsReadIsNamed() throws Exception {
        String page = Files.readString(PAGE);
        Pattern read = Pattern.compile("body\\.\\w+\\(((?:\"[a-z_]+\"(?:, )?)+)");
        Set<String> fields = new TreeSet<>();
        for (Path source : MainSources.of("cerberus-openai")) {
            String code = MainSources.read(source);
            if (code.contains("Fields body")) {
                read.matcher(code)
                    .results()
                    .flatMap((call) -> Stream.of(call.group(1).split("[\", ]+")))
                    .filter((name) -> !name.isEmpty())
                    .forEach(fields::add);
            }
        }
        assertThat(fields).hasSizeGreaterThan(25)
            .allSatisfy((name) -> assertThat(page).containsPattern("`" + name + "\\b"));
    }

}
