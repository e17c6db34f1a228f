package dev.cerberus.langchain4j;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

@AnalyzeClasses(packagesOf = CerberusChatModel.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule CHAT_IS_INHERITED = noMethods().that()
        .areDeclaredInClassesThat(DescribedPredicate.<JavaClass>or(JavaClass.Predicates.assignableTo(ChatModel.class),
                JavaClass.Predicates.assignableTo(StreamingChatModel.class)))
        .should()
        .haveName("chat")
        .because("LangChain4j's own chat() merges the default parameters and calls the listeners");

    @ArchTest
    static final ArchRule NO_SPRING = noClasses().should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "io.micrometer..", "ai.djl..")
        .because("this module is usable without Spring and knows no tensor");

    @ArchTest
    static final ArchRule NULL_MARKED = classes().that()
        .haveSimpleName("package-info")
        .should()
        .beAnnotatedWith(NullMarked.class)
        .because("null is a type");

}
