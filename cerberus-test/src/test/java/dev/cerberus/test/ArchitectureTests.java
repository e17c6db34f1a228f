package dev.cerberus.test;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packages = { "dev.cerberus.test", "dev.cerberus.spring.boot.test" },
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule SCRIPTS_NEED_NO_FRAMEWORK = noClasses().that()
        .resideInAPackage("dev.cerberus.test")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "org.junit..", "dev.langchain4j..")
        .because("whoever tests without Spring, or without JUnit, has the scripted model too");

    @ArchTest
    static final ArchRule NULL_MARKED = classes().that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith(NullMarked.class)
        .because("null is a type");

}
