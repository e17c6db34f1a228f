package dev.cerberus.sampleapp;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.stereotype.Component;

import dev.cerberus.engine.EngineDescription;
import dev.cerberus.engine.TextGenerator;

/**
 * Which model answers, for {@code /actuator/info}.
 */
@Component
class ModelInfo implements InfoContributor {

    private final TextGenerator generator;

    ModelInfo(TextGenerator generator) {
        this.generator = generator;
    }

    @Override
    public void contribute(Info.Builder builder) {
        EngineDescription description = this.generator.description();
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", description.modelName());
        model.put("location", description.modelLocation());
        model.put("precision", description.precision());
        model.put("device", description.device());
        model.put("contextTokens", description.dimensions().maxContext());
        model.put("heads", description.heads().isPresent());
        builder.withDetail("model", model);
    }

}
