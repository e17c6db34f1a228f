package dev.cerberus.openai;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;

import dev.cerberus.engine.TextGenerator;

/**
 * Tells once, at the start, why endpoints that were asked for are not there.
 */
final class MissingEndpoints {

    private static final Logger LOGGER = LoggerFactory.getLogger(MissingEndpoints.class);

    /**
     * Tells it, if it is for several models among which nobody has chosen.
     * @param beans the application's beans
     */
    MissingEndpoints(ListableBeanFactory beans) {
        String[] models = BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, TextGenerator.class, true, false);
        if (models.length > 1) {
            LOGGER.warn("cerberus.openai.enabled is true, but there are no endpoints: of the beans {} none is the one "
                    + "that they are of; make one of them @Primary", String.join(", ", models));
        }
    }

}
