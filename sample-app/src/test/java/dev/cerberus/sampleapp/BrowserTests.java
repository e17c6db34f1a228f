package dev.cerberus.sampleapp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.ExpectedCondition;
import org.openqa.selenium.support.ui.ExpectedConditions;
import org.openqa.selenium.support.ui.WebDriverWait;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Import;

import dev.cerberus.engine.GateOptions;
import dev.cerberus.engine.GenerationRequest;
import dev.cerberus.engine.Prompt;
import dev.cerberus.engine.QueueFullException;
import dev.cerberus.gate.GateMode;
import dev.cerberus.langchain4j.testing.ScriptedGenerator;
import dev.cerberus.langchain4j.testing.SwitchedGenerator;
import dev.cerberus.text.ChatMessage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser over a scripted engine.
 *
 * <p>
 * With {@code CERBERUS_SCREENSHOTS} set, pictures of the page are written to that folder.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = ScriptedEngine.NO_HEALTH)
@Import(ScriptedEngine.class)
class BrowserTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private static Path profile;

    private static ChromeDriver browser;

    @Autowired
    private SwitchedGenerator engine;

    @Autowired
    private ChatProperties properties;

    @LocalServerPort
    private int port;

    @BeforeAll
    static void startBrowser() {
        browser = Chromium.start(profile);
    }

    @AfterAll
    static void quitBrowser() {
        if (browser != null) {
            browser.quit();
        }
    }

    @BeforeEach
    void openPage() {
        browser.get("http://localhost:" + this.port + "/");
        browser.executeScript("localStorage.clear()");
        browser.get("http://localhost:" + this.port + "/?fresh");
        await("#examples button");
    }

    @AfterEach
    void resetScreen() {
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of()));
    }

    private static WebElement await(String selector) {
        return until(ExpectedConditions.visibilityOfElementLocated(By.cssSelector(selector)));
    }

    /* The page may replace an element between finding and reading it. */
    private static <T> T until(ExpectedCondition<T> condition) {
        return new WebDriverWait(browser, PATIENCE).ignoring(StaleElementReferenceException.class).until(condition);
    }

    private static void awaitAnswers(int count) {
        until(ExpectedConditions.numberOfElementsToBe(By.cssSelector(".summary.final"), count));
        until(ExpectedConditions.visibilityOfElementLocated(By.id("send")));
    }

    private static WebElement find(String selector) {
        return browser.findElement(By.cssSelector(selector));
    }

    private static void say(String message) {
        find("#message").sendKeys(message, Keys.ENTER);
    }

    private static void closeAllBut(String here) {
        browser.getWindowHandles().stream().filter((each) -> !each.equals(here)).forEach((each) -> {
            browser.switchTo().window(each);
            browser.close();
        });
        browser.switchTo().window(here);
    }

    private static List<String> texts(String selector) {
        return browser.findElements(By.cssSelector(selector))
            .stream()
            .map((element) -> Objects.toString(element.getDomProperty("textContent")).strip())
            .toList();
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

    private static List<String> said(ScriptedGenerator script) {
        return said(script.lastRequest());
    }

    private static List<String> said(GenerationRequest request) {
        return ((Prompt.Chat) request.prompt()).messages().stream().map(ChatMessage::content).toList();
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
    void messagesOfOneChatAreOneConversation() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        say("first");
        awaitAnswers(1);
        say("second");
        awaitAnswers(2);
        assertThat(said(script)).containsExactly("first", "ok", "second");
    }

    @Test
    void editedQuestionReplacesWhatFollowedIt() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        say("first");
        awaitAnswers(1);
        say("second");
        awaitAnswers(2);
        find("#message").sendKeys(Keys.ARROW_UP);
        assertThat(find("#message").getDomProperty("value")).isEqualTo("second");
        find("#message").sendKeys(Keys.ESCAPE);
        assertThat(find("#message").getDomProperty("value")).isEmpty();
        find(".exchange:first-child .actions .edit").click();
        find("#message").sendKeys(" again", Keys.ENTER);
        awaitAnswers(1);
        assertThat(texts(".question")).containsExactly("first again");
        assertThat(said(script)).containsExactly("first again");
    }

    @Test
    void chatsAreKeptInTheBrowser() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        say("one chat");
        awaitAnswers(1);
        find("#new").click();
        assertThat(texts(".question")).isEmpty();
        assertThat(find("#welcome").isDisplayed()).isTrue();
        say("another chat");
        awaitAnswers(1);
        assertThat(said(script)).containsExactly("another chat");
        browser.navigate().refresh();
        awaitAnswers(1);
        assertThat(texts(".question")).containsExactly("another chat");
        assertThat(texts("#chat-list .open")).containsExactly("another chat", "one chat");
        browser.findElements(By.cssSelector("#chat-list .open")).get(1).click();
        assertThat(texts(".question")).containsExactly("one chat");
        say("more");
        awaitAnswers(2);
        assertThat(said(script)).containsExactly("one chat", "ok", "more");
        find("#chat-list .delete").click();
        assertThat(texts("#chat-list .open")).containsExactly("another chat");
        assertThat(texts(".question")).isEmpty();
    }

    @Test
    void chatsOfAnotherTabAreKept() {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("here");
        awaitAnswers(1);
        browser.executeScript("""
                const kept = JSON.parse(localStorage.getItem('cerberus-chats'));
                const other = { id: 'other', title: 'in another tab', exchanges: [] };
                localStorage.setItem('cerberus-chats', JSON.stringify([other, ...kept]));""");
        say("more");
        awaitAnswers(2);
        assertThat(texts("#chat-list .open")).containsExactly("here", "in another tab");
        browser.navigate().refresh();
        awaitAnswers(2);
        assertThat(texts("#chat-list .open")).containsExactly("here", "in another tab");
    }

    @Test
    void questionOutlastsAPageThatIsLeftBeforeItsAnswer() throws Exception {
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
        say("Talk");
        until((page) -> (Boolean) browser.executeScript("return document.querySelector('.answer .target') !== null"));
        browser.navigate().refresh();
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
        awaitAnswers(1);
        assertThat(texts(".question")).containsExactly("Talk");
        assertThat(texts(".summary").get(0)).startsWith("Broken off");
        assertThat(texts(".answer .text").get(0)).startsWith("more");
        this.engine.use(new ScriptedGenerator().target("ok"));
        find(".retry").click();
        until((page) -> texts(".answer .text").equals(List.of("ok")));
        assertThat(texts(".question")).containsExactly("Talk");
    }

    @Test
    void turnsOfAnotherTabInTheSameChatAreKept() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        say("first");
        awaitAnswers(1);
        String url = browser.getCurrentUrl();
        String here = browser.getWindowHandle();
        browser.switchTo().newWindow(WindowType.TAB);
        try {
            browser.get(url);
            awaitAnswers(1);
            say("there");
            awaitAnswers(2);
            browser.switchTo().window(here);
            until((page) -> texts(".question").equals(List.of("first", "there")));
            // as if this tab had not been told
            browser.executeScript("""
                    const kept = JSON.parse(localStorage.getItem('cerberus-chats'));
                    const more = { ...kept[0].exchanges[1], id: 'more', question: 'there again' };
                    kept[0].exchanges.push(more);
                    localStorage.setItem('cerberus-chats', JSON.stringify(kept));""");
            say("here");
            awaitAnswers(4);
            assertThat(texts(".question")).containsExactly("first", "there", "there again", "here");
            assertThat(said(script)).containsExactly("first", "ok", "there", "ok", "there again", "ok", "here");
            browser.executeScript("document.querySelector('.retry').click()");
            until((page) -> script.requests().size() == 4);
            awaitAnswers(4);
            assertThat(texts(".question")).containsExactly("first", "there", "there again", "here");
        }
        finally {
            closeAllBut(here);
        }
    }

    @Test
    void chatThatAnotherTabHasDeletedDoesNotComeBack() throws Exception {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("kept");
        awaitAnswers(1);
        find("#new").click();
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
        say("deleted");
        until((page) -> script.requests().size() == 1);
        String here = browser.getWindowHandle();
        browser.switchTo().newWindow(WindowType.TAB);
        try {
            browser.get("http://localhost:" + this.port + "/?other");
            find("#chat-list li:first-child .delete").click();
            assertThat(texts("#chat-list .open")).containsExactly("kept");
            assertThat(script.awaitCancelled(PATIENCE)).isTrue();
            browser.switchTo().window(here);
            await("#welcome");
            assertThat(texts("#chat-list .open")).containsExactly("kept");
            this.engine.use(new ScriptedGenerator().target("ok"));
            say("new");
            awaitAnswers(1);
            // as if this tab had not been told
            browser.executeScript("localStorage.setItem('cerberus-deleted', JSON.stringify([location.hash.slice(1)]))");
            say("newer");
            until((page) -> texts(".question").equals(List.of("newer")));
            awaitAnswers(1);
            browser.navigate().refresh();
            awaitAnswers(1);
            assertThat(texts("#chat-list .open")).containsExactly("newer", "kept");
        }
        finally {
            closeAllBut(here);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = { "QuotaExceededError", "NS_ERROR_DOM_QUOTA_REACHED" })
    void chatThatIsTooLargeForTheStorageLeavesTheOthersThere(String full) {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("small");
        awaitAnswers(1);
        find("#new").click();
        say("large");
        awaitAnswers(1);
        browser.executeScript("""
                const write = Storage.prototype.setItem, name = arguments[0];
                Storage.prototype.setItem = function (key, value) {
                  if (value.length > 10000) throw Object.assign(new Error(), { name });
                  write.call(this, key, value);
                };""", full);
        for (int i = 0; i < 2; i++) {
            this.engine.use(new ScriptedGenerator().target("y".repeat(12_000)));
            say("more " + i);
            awaitAnswers(2 + i);
        }
        assertThat(texts(".question")).containsExactly("large", "more 0", "more 1");
        this.engine.use(new ScriptedGenerator().target("x".repeat(1000)));
        String here = browser.getWindowHandle();
        browser.switchTo().newWindow(WindowType.TAB);
        try {
            browser.get("http://localhost:" + this.port + "/?other");
            say("there");
            awaitAnswers(1);
        }
        finally {
            closeAllBut(here);
        }
        until((page) -> texts("#chat-list .open").contains("there"));
        assertThat(texts(".question")).containsExactly("large", "more 0", "more 1");
        find("#chat-list li:nth-child(2) .delete").click();
        assertThat(texts("#chat-list .open")).containsExactly("large", "small");
        find("#new").click();
        browser.findElements(By.cssSelector("#chat-list .open")).get(0).click();
        assertThat(texts(".question")).containsExactly("large", "more 0", "more 1");
        find("#new").click();
        say("middle");
        awaitAnswers(1);
        browser.navigate().refresh();
        awaitAnswers(1);
        assertThat(texts("#chat-list .open")).startsWith("middle", "large");
        browser.findElements(By.cssSelector("#chat-list .open")).get(1).click();
        assertThat(texts(".question")).startsWith("large");
    }

    @Test
    void longChatInLettersOfSeveralBytesGoesOn() {
        ScriptedGenerator script = this.engine.use(new ScriptedGenerator().target("ok"));
        browser.executeScript("""
                const answers = [{ drafting: true, pieces: [{ text: 'ok', gain: 0 }], steps: [], state: 'stopped' }];
                const exchanges = Array.from({ length: 8 }, (_, i) => ({ question: i + '永'.repeat(12_000), answers }));
                localStorage.setItem('cerberus-chats', JSON.stringify([{ id: 'long', title: 'long', exchanges }]));""");
        browser.get("http://localhost:" + this.port + "/?long#long");
        awaitAnswers(8);
        say("Go on");
        awaitAnswers(9);
        assertThat(texts(".problem")).isEmpty();
        List<String> said = said(script);
        assertThat(said).hasSizeGreaterThan(10).endsWith("ok", "Go on");
        assertThat(said.get(said.size() - 3)).startsWith("7永");
    }

    @Test
    void chatThatIsDeletedWhileItIsAnsweredIsGone() throws Exception {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("first");
        awaitAnswers(1);
        ScriptedGenerator script = this.engine
            .use(new ScriptedGenerator().target("more ").endless().pause(Duration.ofMillis(20)));
        say("Talk");
        until((page) -> script.requests().size() == 1);
        find("#chat-list .delete").click();
        assertThat(script.awaitCancelled(PATIENCE)).isTrue();
        await("#welcome");
        assertThat(texts("#chat-list .open")).isEmpty();
        browser.navigate().refresh();
        await("#welcome");
        assertThat(texts("#chat-list .open")).isEmpty();
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
