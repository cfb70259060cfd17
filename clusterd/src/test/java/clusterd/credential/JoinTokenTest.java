package clusterd.credential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JoinTokenTest {
    private static final long SEED = 20260301;
    private static final int ROUNDS = 20_000;
    private final RootDigest root = RootDigest.ofCertificate(new byte[] {1});

    private JoinToken token(Random random) {
        byte[] secret = new byte[JoinToken.SECRET_BYTES];
        random.nextBytes(secret);
        return JoinToken.of(root, secret);
    }

    @Test
    void whatIsWrittenIsRead() {
        Random random = new Random(SEED);
        for (int i = 0; i < 100; i++) {
            JoinToken token = token(random);
            JoinToken read = JoinToken.parse("  " + token.text() + "\n");
            assertEquals(token.text(), read.text());
            assertEquals(token.secretDigest(), read.secretDigest());
            assertEquals(root, read.root());
        }
    }

    @Test
    void itsTextIsAsDocumented() {
        assertTrue(token(new Random(SEED)).text().matches("JCTL-1-[0-9A-HJKMNP-TV-Z]{52}-[0-9A-HJKMNP-TV-Z]{30}"));
    }

    @Test
    void eachMistakeHasItsOwnSentence() {
        String text = token(new Random(SEED)).text();
        char wrong = text.charAt(30) == 'A' ? 'B' : 'A';
        assertTold("has a typo", text.substring(0, 30) + wrong + text.substring(31));
        assertTold("has a typo", text.substring(0, text.length() - 1)
                + (text.endsWith("A") ? "B" : "A"));
        assertTold("cut short", text.substring(0, text.length() - 1));
        assertTold("cut short", text.substring(0, 4));
        assertTold("too long", text + "A");
        assertTold("small letters", text.toLowerCase(Locale.ROOT));
        assertTold("small letters", text.substring(0, 40) + text.substring(40).toLowerCase(Locale.ROOT));
        assertTold("another script", text.replace('-', '–'));
        assertTold("another script", text.replace('A', 'А'));
        assertTold("another script", text.substring(0, 20) + " " + text.substring(20));
        assertTold("of a version", text.replace("JCTL-1-", "JCTL-2-"));
        assertTold("no join token: one begins with", "SWMTKN-1-" + text);
        assertTold("no join token is given", " ");
    }

    @Test
    void cutShortAtAnyLetterItIsNoToken() {
        String text = token(new Random(SEED)).text();
        for (int letters = 1; letters < text.length(); letters++) {
            assertTold(letters < 5 ? "" : "cut short", text.substring(0, letters));
        }
    }

    private static void assertTold(String part, String text) {
        CredentialException told = assertThrows(CredentialException.class, () -> JoinToken.parse(text));
        assertTrue(told.getMessage().contains(part), told.getMessage());
        assertFalse(text.length() > 20 && told.getMessage().contains(text), "the message repeats the token");
    }

    @Test
    void neitherATokenNorAKeyShowsItsSecretInLogs() {
        JoinToken token = token(new Random(SEED));
        assertEquals("JoinToken[root " + root.brief() + "]", token.toString());
        assertEquals("UnlockKey", UnlockKey.of(new byte[UnlockKey.BYTES]).toString());
    }

    @Test
    void fuzzedTokensGiveAnErrorAndNothingElse() {
        Random random = new Random(SEED);
        String alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-–IloÅ\u0000\uD83D \n";
        for (int i = 0; i < ROUNDS; i++) {
            String text = token(random).text();
            StringBuilder changed = new StringBuilder(text);
            for (int change = random.nextInt(3); change >= 0; change--) {
                int at = random.nextInt(changed.length());
                char letter = alphabet.charAt(random.nextInt(alphabet.length()));
                switch (random.nextInt(3)) {
                    case 0 -> changed.setCharAt(at, letter);
                    case 1 -> changed.insert(at, letter);
                    default -> changed.deleteCharAt(at);
                }
            }
            if (!changed.toString().strip().equals(text)) {
                assertRefusedOrRare(changed.toString());
            }
        }
    }

    /** One in a million gets by the checksum, and is a token then, which no manager knows. */
    private static void assertRefusedOrRare(String text) {
        try {
            assertEquals(text.strip(), JoinToken.parse(text).text());
        } catch (CredentialException told) {
            assertFalse(told.getMessage().isEmpty());
        }
    }
}
