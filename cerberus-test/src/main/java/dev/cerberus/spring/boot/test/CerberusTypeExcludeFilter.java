package dev.cerberus.spring.boot.test;

import org.springframework.boot.test.context.filter.annotation.StandardAnnotationCustomizableTypeExcludeFilter;

/**
 * The filter that keeps an application's components out of a {@link CerberusTest}.
 */
class CerberusTypeExcludeFilter extends StandardAnnotationCustomizableTypeExcludeFilter<CerberusTest> {

    CerberusTypeExcludeFilter(Class<?> testClass) {
        super(testClass);
    }

}
