package runtime.copy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import runtime.copy.CopyPlan.Destination;
import runtime.copy.CopyPlan.Source;

class CopyPlanTest {

    private static CopyPlan plan(String source, boolean folder, String to, boolean exists,
            boolean isFolder) throws CopyException {
        return CopyPlan.of(new Source(new CopyPath(source), folder),
                new Destination(new CopyPath(to), exists, isFolder));
    }

    private static void refused(String why, String source, boolean folder, String to,
            boolean exists, boolean isFolder) {
        CopyException refusal = assertThrows(CopyException.class,
                () -> plan(source, folder, to, exists, isFolder));
        assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
    }

    @Test
    void aFileGoesIntoAFolderUnderItsOwnName() throws Exception {
        assertEquals(new CopyPlan("/d", "f"), plan("/s/f", false, "/d", true, true));
        assertEquals(new CopyPlan("/d", "f"), plan("/s/f", false, "/d/", true, true));
        assertEquals(new CopyPlan("/", "f"), plan("/s/f", false, "/", true, true));
    }

    @Test
    void aFileTakesAFilesPlaceOrIsMade() throws Exception {
        assertEquals(new CopyPlan("/d", "g"), plan("/s/f", false, "/d/g", true, false));
        assertEquals(new CopyPlan("/d", "g"), plan("/s/f", false, "/d/g", false, false));
        assertEquals(new CopyPlan("/", "g"), plan("/s/f", false, "/g", false, false));
    }

    @Test
    void aFileIsNotCopiedToAFolderThatIsNotThere() {
        refused("no such directory", "/s/f", false, "/d/g/", false, false);
        refused("not a directory", "/s/f", false, "/d/g/", true, false);
    }

    @Test
    void aFolderGoesIntoAFolderOrIsMade() throws Exception {
        assertEquals(new CopyPlan("/d", "s"), plan("/x/s", true, "/d", true, true));
        assertEquals(new CopyPlan("/d", "s"), plan("/x/s/", true, "/d", true, true));
        assertEquals(new CopyPlan("/d", "new"), plan("/x/s", true, "/d/new", false, false));
        assertEquals(new CopyPlan("/d", "new"), plan("/x/s", true, "/d/new/", false, false));
    }

    @Test
    void theContentOfAFolderIsAddedToOneThatIsThere() throws Exception {
        assertEquals(new CopyPlan("/d", "."), plan("/x/s/.", true, "/d", true, true));
        assertEquals(new CopyPlan("/d", "new"), plan("/x/s/.", true, "/d/new", false, false));
        assertEquals(new CopyPlan("/d", "."), plan("/", true, "/d", true, true));
    }

    @Test
    void aFolderDoesNotReplaceAFile() {
        refused("cannot copy directory", "/x/s", true, "/d/f", true, false);
        refused("cannot copy directory", "/x/s/.", true, "/d/f", true, false);
    }

    @Test
    void whatIsSaidToBeAFolderMustBeOne() {
        refused("not a directory", "/s/f/", false, "/d", true, true);
        refused("not a directory", "/s/f/.", false, "/d", true, true);
    }

    @Test
    void pathsAreTakenApart() {
        assertEquals("/a/c", new CopyPath("//a/./b/../c/").clean());
        assertEquals("/", new CopyPath("/../..").clean());
        assertEquals("../x", new CopyPath("a/../../x").clean());
        assertEquals(".", new CopyPath("./").clean());
        assertEquals(".", new CopyPath("/a/.").name());
        assertEquals("/a", new CopyPath("/a/.").folder());
        assertEquals("/", new CopyPath("/a").folder());
        assertEquals("/etc/x", new CopyPath("/a/link").linked("/etc/x").text());
        assertEquals("/a/b/x", new CopyPath("/a/link").linked("b/x").text());
        assertEquals("/x", new CopyPath("/link").linked("x").text());
    }

    @Test
    void theWordsOfTheCommandAreTakenApartAsDockerDoes() {
        assertEquals(new CopyArgument("c", "/x:y"), CopyArgument.of("c:/x:y"));
        assertEquals(new CopyArgument("", "/a:b"), CopyArgument.of("/a:b"));
        assertEquals(new CopyArgument("", "./a:b"), CopyArgument.of("./a:b"));
        assertEquals(new CopyArgument("", "plain"), CopyArgument.of("plain"));
        assertTrue(CopyArgument.of("-").isStream());
        assertFalse(CopyArgument.of("c:-").isStream());
    }
}
