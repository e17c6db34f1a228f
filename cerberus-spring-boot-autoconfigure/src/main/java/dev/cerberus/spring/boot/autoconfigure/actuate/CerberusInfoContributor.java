package dev.cerberus.spring.boot.autoconfigure.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;

import dev.cerberus.engine.CerberusEngine;
import dev.cerberus.engine.EngineDescription;

/**
 * What the Actuator endpoint {@code info} tells of an engine. Thread-safe.
 */
public class CerberusInfoContributor implements InfoContributor {

    private final CerberusEngine engine;

    /**
     * Creates a contributor.
     * @param engine the engine to tell of
     */
    public CerberusInfoContributor(CerberusEngine engine) {
        this.engine = engine;
    }

    @Override
    public void contribute(Info.Builder builder) {
        EngineDescription description = this.engine.description();
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("model", description.modelName());
        this.engine.loadReport().ifPresent((report) -> {
            details.put("architecture", report.architecture());
            details.put("parameters", report.parameters());
        });
        details.put("device", description.device());
        details.put("precision", description.precision());
        details.put("heads", description.heads().map((heads) -> heads.heads()).orElse(0));
        details.put("maxContext", description.dimensions().maxContext());
        details.put("chat", description.chat());
        builder.withDetail("cerberus", details);
    }

}
