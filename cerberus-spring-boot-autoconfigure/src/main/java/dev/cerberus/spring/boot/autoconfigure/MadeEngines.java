package dev.cerberus.spring.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import dev.cerberus.engine.CerberusEngine;

/**
 * The engines that there are at the moment: one that is to be made lazily is not opened
 * by who looks for it. Those too that stand beside another and are injected by name only.
 * Thread-safe.
 */
final class MadeEngines {

    private MadeEngines() {
    }

    /**
     * Returns those of a context.
     * @param beans the context's beans
     * @return the engines, without those of its parents
     */
    static List<CerberusEngine> of(ConfigurableListableBeanFactory beans) {
        List<CerberusEngine> engines = new ArrayList<>();
        for (String name : beans.getBeanNamesForType(CerberusEngine.class, false, false)) {
            // of a method that returns null there is a bean, which is no engine
            if (beans.containsSingleton(name) && beans.getBean(name) instanceof CerberusEngine engine) {
                engines.add(engine);
            }
        }
        return engines;
    }

    /**
     * Returns those of a context and of its parents.
     * @param beans the context's beans
     * @return the engines
     */
    static List<CerberusEngine> withThoseOfParents(ConfigurableListableBeanFactory beans) {
        List<CerberusEngine> engines = new ArrayList<>();
        BeanFactory factory = beans;
        while (factory instanceof ConfigurableListableBeanFactory listable) {
            engines.addAll(of(listable));
            factory = listable.getParentBeanFactory();
        }
        return engines;
    }

}
