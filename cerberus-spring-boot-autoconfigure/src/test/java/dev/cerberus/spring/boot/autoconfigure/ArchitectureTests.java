package dev.cerberus.spring.boot.autoconfigure;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packagesOf = CerberusAutoConfiguration.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule MICROMETER_IN_METRICS_AND_OBSERVATION_ONLY = noClasses().that()
        .resideOutsideOfPackages("..metrics..", "..observation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.micrometer..")
        .because("an application without Micrometer must start");

    @ArchTest
    static final ArchRule ACTUATOR_IN_ACTUATE_ONLY = noClasses().that()
        .resideOutsideOfPackage("..actuate..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework.boot.actuate..", "org.springframework.boot.health..")
        .because("an application without Actuator must start");

    @ArchTest
    static final ArchRule NO_TENSORS = noClasses().should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .because("the engine hides its library");

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching("dev.cerberus.spring.boot.autoconfigure.(**)")
        .should()
        .beFreeOfCycles()
        .because("packages are read one after the other");

    @ArchTest
    static final ArchRule AUTO_CONFIGURATIONS = classes().that()
        .areAnnotatedWith(AutoConfiguration.class)
        .should()
        .bePublic()
        .andShould()
        .haveModifier(JavaModifier.FINAL)
        .andShould()
        .resideInAPackage("..autoconfigure..")
        .because("Spring Boot's own are so, and users name them in exclusions");

    @ArchTest
    static final ArchRule NO_PUBLIC_MEMBERS_OF_AUTO_CONFIGURATIONS = noMethods().that()
        .areDeclaredInClassesThat()
        .areAnnotatedWith(AutoConfiguration.class)
        .should()
        .bePublic()
        .because("beans are the interface, their methods are not");

    @ArchTest
    static final ArchRule CLASS_CONDITIONS_ON_CLASSES = noMethods().that()
        .areAnnotatedWith(Bean.class)
        .should()
        .beAnnotatedWith(ConditionalOnClass.class)
        .because("a method's signature is loaded before its condition is checked");

    @ArchTest
    static final ArchRule PUBLIC_BEANS_BACK_OFF = methods().that()
        .areAnnotatedWith(Bean.class)
        .and(new DescribedPredicate<JavaMethod>("return a public type") {
            @Override
            public boolean test(JavaMethod method) {
                return method.getRawReturnType().getModifiers().contains(JavaModifier.PUBLIC);
            }
        })
        .should()
        .beAnnotatedWith(ConditionalOnMissingBean.class)
        .because("an application may bring its own");

    @ArchTest
    static final ArchRule NULL_MARKED = classes().that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith(NullMarked.class)
        .because("null is a type");

}
