package dev.cerberus.sampleapp;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;

import dev.cerberus.langchain4j.testing.ScriptedGenerator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of chats on the page, in other tabs of it and in the browser's storage.
 */
class BrowserChatsTests extends AbstractBrowserTests {

    private static void closeAllBut(String here) {
        browser.getWindowHandles().stream().filter((each) -> !each.equals(here)).forEach((each) -> {
            browser.switchTo().window(each);
            browser.close();
        });
        browser.switchTo().window(here);
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
    void whatIsWrittenBeforeAnEditIsThereBehindIt() {
        this.engine.use(new ScriptedGenerator().target("ok"));
        say("first");
        awaitAnswers(1);
        find("#message").sendKeys("half a question");
        find(".actions .edit").click();
        assertThat(find("#message").getDomProperty("value")).isEqualTo("first");
        find("#message").sendKeys(Keys.ESCAPE);
        assertThat(find("#message").getDomProperty("value")).isEqualTo("half a question");
        find(".actions .edit").click();
        find(".actions .edit").click();
        say(" again");
        until((page) -> texts(".question").equals(List.of("first again")));
        awaitAnswers(1);
        assertThat(find("#message").getDomProperty("value")).isEqualTo("half a question");
        say(" more");
        awaitAnswers(2);
        assertThat(texts(".question")).containsExactly("first again", "half a question more");
        assertThat(find("#message").getDomProperty("value")).isEmpty();
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

}
