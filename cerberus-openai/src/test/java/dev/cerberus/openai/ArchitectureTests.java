package dev.cerberus.openai;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packagesOf = OpenAiAutoConfiguration.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule NO_TENSORS = noClasses().should()
        .dependOnClassesThat()
        .resideInAnyPackage("ai.djl..", "dev.cerberus.djl..")
        .because("the endpoints ask LangChain4j's models and nothing below them");

    @ArchTest
    static final ArchRule TOMCAT_IN_ONE_CLASS_ONLY = noClasses().that()
        .haveNameNotMatching(".*Tomcat.*")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.catalina..", "org.apache.coyote..")
        .because("an application may run on another server");

    @ArchTest
    static final ArchRule NULL_MARKED = classes().that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith(NullMarked.class)
        .because("null is a type");

}
