package clusterd.template;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.CreateContainerRequest;
import api.node.RegistryAuth;
import clusterd.model.ContainerTemplate;
import clusterd.model.Resources;
import clusterd.model.StoredFile;
import clusterd.model.TaskTemplate;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RegistryLoginTest {
    private int seals;

    /** Like the real one, never the same twice, and bound to the name. */
    private StoredFile seal(StoredFile plain) {
        byte[] name = (++seals + " " + plain.name() + "\n").getBytes(StandardCharsets.ISO_8859_1);
        byte[] sealed = new byte[name.length + plain.data().length];
        System.arraycopy(name, 0, sealed, 0, name.length);
        for (int i = 0; i < plain.data().length; i++) {
            sealed[name.length + i] = (byte) (plain.data()[i] ^ 0x5a);
        }
        return new StoredFile(plain.name(), true, new TreeMap<>(), sealed, 0);
    }

    private static byte[] open(StoredFile sealed) {
        String text = new String(sealed.data(), StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\n');
        if (!text.substring(text.indexOf(' ') + 1, end).equals(sealed.name())) {
            return new byte[0];
        }
        byte[] plain = text.substring(end + 1).getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < plain.length; i++) {
            plain[i] ^= 0x5a;
        }
        return plain;
    }

    private static TaskTemplate template(RegistryAuth login) {
        return TaskTemplate.of(new ContainerTemplate("r.example/a", CreateContainerRequest.newBuilder()
                .addEnv("A=1").setAuth(login).build().toByteArray()), Resources.NONE);
    }

    private static TaskTemplate template(String registry, String password) {
        return template(RegistryAuth.newBuilder().setRegistry(registry).setUsername("me").setPassword(password)
                .build());
    }

    private TaskTemplate sealed(TaskTemplate template, Optional<TaskTemplate> before) {
        return RegistryLogin.sealed(template, before, this::seal, RegistryLoginTest::open);
    }

    private static String text(TaskTemplate template) {
        return new String(template.container().options(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatIsSealedOpensAgainAndShowsNothingMeanwhile() {
        TaskTemplate plain = template("r.example", "pass-word");
        TaskTemplate sealed = sealed(plain, Optional.empty());
        assertFalse(text(sealed).contains("pass-word"), text(sealed));
        assertTrue(text(sealed).contains("A=1") && text(sealed).contains("r.example"), text(sealed));
        assertEquals(plain, RegistryLogin.opened(sealed, RegistryLoginTest::open));
        assertSame(sealed, sealed(sealed, Optional.of(sealed)), "a client gives back what it was shown");
    }

    @Test
    void theSameLoginStaysAsItWasSealedSoThatNothingIsExchangedForIt() {
        TaskTemplate before = sealed(template("r.example", "one"), Optional.empty());
        assertEquals(before, sealed(template("r.example", "one"), Optional.of(before)));
        assertNotEquals(before, sealed(template("r.example", "two"), Optional.of(before)));
        assertNotEquals(before, sealed(template("s.example", "one"), Optional.of(before)));
    }

    @Test
    void sealedForOneRegistryItDoesNotOpenForAnother() throws Exception {
        RegistryAuth login = CreateContainerRequest.parseFrom(sealed(template("r.example", "pass-word"),
                Optional.empty()).container().options()).getAuth();
        TaskTemplate moved = template(login.toBuilder().setRegistry("evil.example").build());
        TaskTemplate opened = RegistryLogin.opened(moved, RegistryLoginTest::open);
        assertTrue(RegistryLogin.isLeftOut(opened), text(opened));
    }

    @Test
    void onDiskItIsKnownThatThereWasOne() {
        TaskTemplate plain = template("r.example", "pass-word");
        TaskTemplate left = RegistryLogin.leftOut(plain);
        assertFalse(text(left).contains("pass-word") || text(left).contains("me"), text(left));
        assertTrue(RegistryLogin.isLeftOut(left));
        assertFalse(RegistryLogin.isLeftOut(plain));
        assertSame(left, RegistryLogin.leftOut(left));
        assertSame(left, sealed(left, Optional.empty()));
    }

    @Test
    void aTemplateWithoutALoginOrThatCannotBeReadStaysAsItIs() {
        TaskTemplate none = TaskTemplate.of(new ContainerTemplate("a", new byte[0]), Resources.NONE);
        TaskTemplate broken = TaskTemplate.of(new ContainerTemplate("a", new byte[] {1, 2, 3}), Resources.NONE);
        for (TaskTemplate each : new TaskTemplate[] {none, broken}) {
            assertSame(each, sealed(each, Optional.empty()));
            assertSame(each, RegistryLogin.opened(each, RegistryLoginTest::open));
            assertSame(each, RegistryLogin.leftOut(each));
            assertFalse(RegistryLogin.isLeftOut(each));
        }
    }
}
