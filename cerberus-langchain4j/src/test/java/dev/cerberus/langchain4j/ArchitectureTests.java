package dev.cerberus.langchain4j;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import org.jspecify.annotations.NullMarked;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

@AnalyzeClasses(packagesOf = CerberusChatModel.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule CHAT_IS_LANGCHAIN4JS = methods().that()
        .areDeclaredInClassesThat(DescribedPredicate.<JavaClass>or(JavaClass.Predicates.assignableTo(ChatModel.class),
                JavaClass.Predicates.assignableTo(StreamingChatModel.class)))
        .and()
        .haveName("chat")
        .should(callLangChain4jsOwn())
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

    private static ArchCondition<JavaMethod> callLangChain4jsOwn() {
        return ArchCondition.from(DescribedPredicate.describe("call the method that they override",
                (method) -> method.getMethodCallsFromSelf()
                    .stream()
                    .anyMatch((call) -> call.getName().equals(method.getName())
                            && call.getTarget().getRawParameterTypes().equals(method.getRawParameterTypes())
                            && call.getTargetOwner().getPackageName().startsWith("dev.langchain4j."))));
    }

}
