package dev.cerberus.sampleapp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.springframework.beans.factory.annotation.Autowired;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.gate.GateMode;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser.
 *
 * <p>
 * With {@code CERBERUS_SCREENSHOTS} set, pictures of the page are written to that folder.
 */
class BrowserTests extends AbstractBrowserTests {

    @Autowired
    private ChatProperties properties;

    @AfterEach
    void resetScreen() {
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }

    private static void narrow() {
        browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", 320, "height", 640, "deviceScaleFactor", 1, "mobile", false));
    }

    private static void dark() {
        browser.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    }

    private static void check(String state) throws IOException {
        String folder = System.getenv("CERBERUS_SCREENSHOTS");
        if (folder != null) {
            Files.write(Path.of(folder, state + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        }
        assertThat(Axe.violations(browser)).as(state).isEmpty();
        assertThat((Boolean) browser.executeScript(
                "return document.documentElement.scrollWidth <= window.innerWidth && document.body.scrollWidth <= window.innerWidth"))
            .as(state + " needs no scrolling sideways")
            .isTrue();
    }

    @Test
    void answerIsStreamedWithAcceptedDraftTokensColoured() {
        this.engine.use(new ScriptedGenerator().target("Once").draft(" upon", " a").target(" time"));
        say("Tell me a story");
        awaitAnswers(1);
        assertThat(texts(".question")).containsExactly("Tell me a story");
        assertThat(texts(".answer .text")).containsExactly("Once upon a time");
        // the step gained two drafts and the target's own token
        assertThat(texts(".answer .draft.gain-3")).containsExactly("upon", "a");
        assertThat(texts(".answer .target")).containsExactly("Once", "time");
        assertThat(find(".answer .draft").getCssValue("background-color"))
            .isNotEqualTo(find(".answer .target").getCssValue("background-color"));
        assertThat(find("#legend").getText()).contains("accepted");
    }

    @Test
    void stripShowsWhatTheGateDecidedAtEveryStep() {
        this.engine.use(new ScriptedGenerator().target("a").draft("b").target("c", "d"));
        say("Hi");
        awaitAnswers(1);
        List<WebElement> bars = browser.findElements(By.cssSelector(".strip i"));
        assertThat(bars).extracting((bar) -> bar.getDomAttribute("class")).containsExactly("drafted gain-2", "skipped");
        assertThat(bars.get(0).getDomAttribute("title")).contains("3 drafted, 1 accepted, 1.5 expected");
        assertThat(find(".strip").getDomAttribute("aria-label")).contains("1 step drafted, 1 skipped");
    }

    @Test
    void endOfAnAnswerSaysInWordsWhatItTook() {
        // 4 tokens, one of them a draft: 3 steps, of which 1 drafted; half a second of
        // decoding
        this.engine.use(new ScriptedGenerator().target("a").draft("b").target("c", "d"));
        say("Hi");
        awaitAnswers(1);
        assertThat(find(".summary").getText()).contains("4 tokens in 0.50 s, 8.0 tokens/s", "1.33 tokens per step",
                "1 step drafted, 2 skipped");
        find(".figures summary").click();
        assertThat(await(".stats").getText().replace("\n", " ")).contains("Acceptance length 1.33",
                "Drafts kept 1 of 3");
    }

    @Test
    void escapeStopsAndWhatCameBelongsToTheConversation() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
        say("Talk");
        // elements are replaced while an answer comes
        until((page) -> (Boolean) browser.executeScript("return document.querySelector('.answer .target') !== null"));
        check("streaming");
        find("#message").sendKeys(Keys.ESCAPE);
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
        awaitAnswers(1);
        assertThat(find(".summary").getText()).isEqualTo("Stopped");
        assertThat(find("#stop").isDisplayed()).isFalse();
        String shown = texts(".answer .text").get(0);
        assertThat(shown).startsWith("more");
        script = this.engine.use(new ScriptedGenerator().target("ok"));
        say("What did you say?");
        awaitAnswers(2);
        assertThat(said(script)).hasSize(3).first().isEqualTo("Talk");
        assertThat(said(script).get(1).strip()).isEqualTo(shown);
    }

    @Test
    void problemIsShownAndRetried() throws Exception {
        this.engine.use(new ScriptedGenerator().refusing(new QueueFullException(64)));
        say("Hi");
        assertThat(await(".problem").getText())
            .startsWith("The application is busy or stopping. Try again in a moment.");
        check("error");
        find(".problem summary").click();
        assertThat(find(".problem").getText()).contains("queue is full");
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("Here I am"));
        find(".actions .retry").click();
        until(ExpectedConditions.textToBe(By.cssSelector(".answer .text"), "Here I am"));
        awaitAnswers(1);
        assertThat(texts(".problem")).isEmpty();
        assertThat(texts(".question")).containsExactly("Hi");
        assertThat(said(script)).containsExactly("Hi");
    }

    @Test
    void sameQuestionIsComparedWithAndWithoutDrafting() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("The").draft(" same").target(" text"));
        find("#compare").click();
        say("Hi");
        awaitAnswers(2);
        assertThat(texts(".answer h2")).containsExactly("With drafting", "Without drafting");
        // the script claims the same time for both
        assertThat(find(".verdict").getText()).isEqualTo("As fast with drafting as without: 0.50 s with drafting, "
                + "0.50 s without. The texts are the same, character by character.");
        assertThat(script.requests()).hasSize(2);
        assertThat(script.requests().get(0).gate()).isEmpty();
        assertThat(script.requests().get(1).gate().map(GateOptions::mode)).contains(GateMode.NEVER);
        assertThat(said(script.requests().get(1))).isEqualTo(said(script.requests().get(0)));
        // the application samples, and only with the same seed the same text can come
        assertThat(script.requests().get(0).sampling().greedy()).isFalse();
        assertThat(script.requests().get(1).sampling()).isEqualTo(script.requests().get(0).sampling());
        check("comparing");
        say("Again");
        awaitAnswers(4);
        assertThat(said(script)).containsExactly("Hi", "The same text", "Again");
    }

    @Test
    void systemPromptAndSamplingTravelWithTheQuestion() throws Exception {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        find("#settings summary").click();
        find("#system").sendKeys("Be brief.");
        find("#temperature").sendKeys("0.7");
        find("#topP").sendKeys("0.9");
        find("#topK").sendKeys("40");
        find("#maxTokens").sendKeys("99");
        find("#seed").sendKeys("5");
        check("settings");
        find("#settings summary").click();
        say("Hi");
        awaitAnswers(1);
        GenerationRequest request = script.lastRequest();
        assertThat(said(request)).containsExactly("Be brief.", "Hi");
        assertThat(request.sampling().temperature()).isEqualTo(0.7);
        assertThat(request.sampling().topP()).isEqualTo(0.9);
        assertThat(request.sampling().topK()).isEqualTo(40);
        assertThat(request.sampling().seed()).isEqualTo(5);
        assertThat(request.maxOutputTokens()).isEqualTo(99);
        browser.navigate().refresh();
        await("#settings summary").click();
        assertThat(find("#system").getDomProperty("value")).isEqualTo("Be brief.");
        find("#defaults").click();
        find("#settings summary").click();
        say("Hi");
        awaitAnswers(2);
        assertThat(said(script)).doesNotContain("Be brief.");
        // the application's own
        assertThat(script.lastRequest().sampling().temperature()).isEqualTo(0.2);
    }

    @Test
    void settingsOfAnyPrecisionAreTakenAndThoseOutOfRangeAreShown() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        find("#settings summary").click();
        find("#temperature").sendKeys("0.75");
        find("#topP").sendKeys("0.955");
        find("#settings summary").click();
        say("Hi");
        awaitAnswers(1);
        assertThat(script.lastRequest().sampling().temperature()).isEqualTo(0.75);
        assertThat(script.lastRequest().sampling().topP()).isEqualTo(0.955);
        find("#settings summary").click();
        find("#maxTokens").sendKeys("-3");
        find("#settings summary").click();
        say("Again");
        await("#maxTokens");
        find("#settings summary").click();
        find("button.retry").click();
        await("#maxTokens");
        assertThat(find("#message").getDomProperty("value")).isEqualTo("Again");
        assertThat(browser.findElements(By.cssSelector(".question"))).hasSize(1);
        find("#maxTokens").clear();
        find("#settings summary").click();
        find("#message").sendKeys(Keys.ENTER);
        awaitAnswers(2);
        assertThat(said(script)).containsExactly("Hi", "ok", "Again");
    }

    @Test
    void answerIsRenderedAsMarkdownWithCodeToCopy() throws Exception {
        this.engine.use(new ScriptedGenerator().target("Some **bold** text:\n\n")
            .draft("1. one\n2. two\n\n", "```java\n")
            .target("int i = 1 < 2 ? 3 : 4;\n```\n"));
        say("Hi");
        awaitAnswers(1);
        assertThat(texts(".answer strong")).containsExactly("bold");
        assertThat(texts(".answer li")).containsExactly("one", "two");
        assertThat(texts(".answer pre")).containsExactly("int i = 1 < 2 ? 3 : 4;");
        assertThat(texts(".answer .draft")).containsExactly("one", "two");
        assertThat(texts(".code .copy")).containsExactly("Copy code");
        check("markdown");
    }

    @Test
    void answerIsNeverMarkup() {
        this.engine.use(new ScriptedGenerator()
            .target("<img src=x onerror=alert(1)>\n\n<b> ![x](http://localhost/y) [z](javascript:alert(1))"));
        say("Hi");
        awaitAnswers(1);
        assertThat(texts(".answer .text").get(0)).contains("<img src=x onerror=alert(1)>", "<b>", "z");
        assertThat(browser.findElements(By.cssSelector(".answer img, .answer b, .answer a[href^=javascript]")))
            .isEmpty();
    }

    @Test
    void screenReadersHearSentences() {
        this.engine.use(new ScriptedGenerator().target("It", " is", " **so", "**.", " And", " more"));
        say("Hi");
        awaitAnswers(1);
        assertThat(texts("[aria-live] p")).containsExactly("It is  so .", "And more");
        assertThat(browser.findElements(By.cssSelector("#log[aria-live], #log [aria-live]"))).isEmpty();
    }

    @Test
    void examplesAreThoseOfTheApplicationAndOneIsAsked() {
        List<String> questions = this.properties.examples().stream().map(ChatProperties.Example::question).toList();
        assertThat(questions).isNotEmpty();
        assertThat(texts("#examples button")).containsExactlyElementsOf(questions);
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        find("#examples button:last-child").click();
        awaitAnswers(1);
        assertThat(said(script)).containsExactly(questions.get(questions.size() - 1));
    }

    @Test
    void everythingIsReachedByTheTabulatorAndShowsIt() {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("Hi");
        awaitAnswers(1);
        String visible = "[...document.querySelectorAll('button, input, textarea, summary')].filter((each) => each.checkVisibility())";
        long controls = (Long) browser.executeScript("return " + visible + ".length");
        assertThat(controls).isGreaterThan(10);
        browser.executeScript("document.activeElement.blur()");
        for (long i = 0; i < controls + 5; i++) {
            new Actions(browser).sendKeys(Keys.TAB).perform();
            browser.executeScript("const each = document.activeElement; const style = getComputedStyle(each);"
                    + "each.dataset.reached = style.outlineStyle !== 'none' || style.boxShadow !== 'none'");
        }
        assertThat((List<?>) browser.executeScript("return " + visible
                + ".filter((each) => each.dataset.reached !== 'true').map((each) => each.outerHTML)"))
            .isEmpty();
        new Actions(browser).keyDown(Keys.CONTROL).keyDown(Keys.SHIFT).sendKeys("o").perform();
        new Actions(browser).keyUp(Keys.SHIFT).keyUp(Keys.CONTROL).perform();
        assertThat(await("#welcome").isDisplayed()).isTrue();
        assertThat(texts(".question")).isEmpty();
        await("#examples button").sendKeys(Keys.ENTER);
        awaitAnswers(1);
    }

    @Test
    void coloursCanBeSwitchedOff() {
        this.engine.use(new ScriptedGenerator().target("a").draft("b").target("c"));
        say("Hi");
        awaitAnswers(1);
        find("#colours").click();
        assertThat(find(".answer .draft").getCssValue("background-color"))
            .isEqualTo(find(".answer .target").getCssValue("background-color"));
    }

    @Test
    void pageSaysWhichModelThisIs() {
        assertThat(await("#engine").getText()).isEqualTo("scripted");
        find("#engine").click();
        assertThat(await("#model-facts").getText().replace("\n", " ")).contains("Computes in fp32 on cpu",
                "Context 64 tokens", "Drafts from no heads");
    }

    @Test
    void pageIsAccessibleAndFitsAPhone() throws Exception {
        check("rest");
        this.engine.use(new ScriptedGenerator()
            .target("An answer with `code`, a_very_long_word_".repeat(6) + "\n\n```\n" + "wide ".repeat(40) + "\n```\n")
            .draft("and", " more")
            .target("."));
        say("A question that is long enough to take more than one line on a small screen, as many questions are");
        awaitAnswers(1);
        check("answer");
        dark();
        check("dark");
        narrow();
        check("dark-320");
        resetScreen();
        narrow();
        check("320");
        find("#menu").click();
        check("320-chats");
        find("#chats #new").click();
        check("320-rest");
    }

    /* As when the application ends, or a proxy in front of it. */
    @Test
    void connectionThatBreaksIsToldFromAnApplicationThatIsNotThere() {
        breakOffBehind("event:token\ndata:{\"text\":\"half\",\"origin\":\"target\"}\n\n");
        say("Hi");
        assertThat(await(".problem").getText()).isEqualTo("The connection was lost before the answer was complete");
        assertThat(texts(".answer .text")).containsExactly("half");
        browser.executeScript("window.fetch = async () => { throw new TypeError('Failed to fetch'); }");
        find(".retry").click();
        until(ExpectedConditions.textToBe(By.cssSelector(".problem"), "The application can not be reached"));
    }

    @Test
    void answerIsWholeWhateverBecomesOfTheConnectionBehindIt() {
        breakOffBehind("event:error\ndata:{\"title\":\"Told\"}\n\n");
        say("Hi");
        assertThat(await(".problem").getText()).isEqualTo("Told");
    }

    private static void breakOffBehind(String events) {
        browser.executeScript("""
                const parts = [new TextEncoder().encode(arguments[0])];
                window.fetch = async () => new Response(new ReadableStream({
                  pull(stream) {
                    if (parts.length) stream.enqueue(parts.pop());
                    else stream.error(new TypeError("network error"));
                  },
                }));""", events);
    }

    @Test
    void pageRunsWithoutErrors() {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("Hi");
        awaitAnswers(1);
        assertThat(browser.manage().logs().get(LogType.BROWSER))
            .filteredOn((entry) -> entry.getLevel().equals(Level.SEVERE))
            .isEmpty();
    }

}
