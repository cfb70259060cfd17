package clusterd.daemon;

import clusterd.control.Keeping;
import clusterd.credential.CredentialException;
import clusterd.credential.Member;
import clusterd.credential.Role;
import clusterd.credential.UnlockKey;
import clusterd.manager.ClusterAccess;
import clusterd.manager.StateMachine;
import clusterd.raft.StoredLog;
import clusterd.security.AuthorityFolder;
import clusterd.security.BackupFile;
import clusterd.security.NodeIdentity;
import clusterd.security.RefusedException;
import clusterd.security.SealException;
import clusterd.security.SealedKey;
import clusterd.state.ClusterState;
import clusterd.wire.StateCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What operations want of a manager. */
final class ManagerKeeping implements Keeping {
    private static final int TRIES = 1000;

    private final ClusterSettings settings;
    private final NodeFile self;
    private final ClusterAccess access;
    private final Vault vault;
    private final AuthorityFolder folder;
    private final AuthorityKeeper authority;
    private final Supplier<List<String>> addresses;
    private final RootRotation rotation;

    ManagerKeeping(ClusterSettings settings, NodeFile self, ClusterAccess access, Vault vault,
            AuthorityFolder folder, AuthorityKeeper authority, Supplier<List<String>> addresses) {
        this.settings = settings;
        this.self = self;
        this.access = access;
        this.vault = vault;
        this.folder = folder;
        this.authority = authority;
        this.addresses = addresses;
        this.rotation = new RootRotation(access, authority, settings.lifetime(), settings.clock());
    }

    @Override
    public AuthorityStanding authority(ClusterState state) throws IOException {
        return rotation.standing(state);
    }

    @Override
    public String rotate(Optional<PemRoot> given, long lifetimeMillis) throws IOException {
        return rotation.begin(given, lifetimeMillis);
    }

    @Override
    public String finishRotation() throws IOException {
        return rotation.finish();
    }

    @Override
    public void shutOut(String nodeId) throws IOException {
        vault.forget(nodeId);
        vault.revoke(nodeId);
    }

    @Override
    public byte[] backup(ClusterState state, byte[] passphrase) throws IOException {
        authority.apply(); // what is on the disk is what the state says
        AuthorityFolder.Opened opened = authority.opened();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StateCodec.write(state, bytes);
        return BackupFile.seal(new BackupFile.Content(self.clusterId(), settings.clock().millis(),
                folder.handover(opened), bytes.toByteArray()), passphrase.length == 0
                        ? new BackupFile.Key.OfCluster(opened.unlockKey())
                        : new BackupFile.Key.Passphrase(passphrase), settings.random());
    }

    @Override
    public String unlockKey() {
        return authority.opened().unlockKey().text();
    }

    @Override
    public String freshUnlockKey() {
        return SealedKey.newUnlockKey(settings.random()).text();
    }

    @Override
    public boolean isLocked() throws IOException {
        return KeptLock.SLOT.of(access.glance()).locked();
    }

    @Override
    public void lock(boolean locked, String key) throws IOException {
        UnlockKey wanted;
        try {
            wanted = UnlockKey.parse(key.isEmpty() ? unlockKey() : key);
        } catch (CredentialException wrong) {
            throw new IllegalArgumentException(wrong.getMessage(), wrong);
        }
        byte[] sealed = authority.opened().seal().seal(wanted.text().getBytes(StandardCharsets.US_ASCII),
                KeptLock.CONTEXT);
        KeptLock.SLOT.change(access, before -> new KeptLock(locked, sealed));
        try {
            access.read();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the agent ends", e);
        }
        authority.apply();
    }

    @Override
    public Person addUser(String name, Role role) throws IOException {
        if (access.glance().nodes().stream().anyMatch(each -> each.id().value().equals(name))) {
            throw new IllegalArgumentException("a node has the name " + name + ": give the person another");
        }
        NodeIdentity identity;
        try {
            identity = authority.authority().issueWithKey(new Member(name, role, self.clusterId()), List.of(),
                    authority.lifetime(settings.lifetime()));
        } catch (SealException locked) {
            throw new IOException(locked.getMessage(), locked);
        } catch (RefusedException | IllegalArgumentException refused) {
            throw new IllegalArgumentException(refused.getMessage(), refused);
        }
        KeptPeople.SLOT.change(access, people -> people.with(name, role));
        return new Person(identity.toText(), identity.validity().notAfter().toEpochMilli());
    }

    @Override
    public Map<String, Role> users() throws IOException {
        return KeptPeople.SLOT.of(access.glance()).people();
    }

    @Override
    public void removeUser(String name) throws IOException {
        if (!users().containsKey(name)) {
            throw new IllegalArgumentException("there is no user " + name + ": `jctl cluster user ls` lists them");
        }
        vault.revoke(name);
        KeptPeople.SLOT.change(access, people -> people.without(name));
    }

    @Override
    public Digests readLog(Consumer<Logged> seen) throws IOException {
        StateMachine.Seen live = live();
        StateMachine again = new StateMachine();
        Path logs = self.logFolder(settings.folder());
        StoredLog.read(logs, self.group(), again, live.index(), each ->
                seen.accept(new Logged(each.index(), each.term(), each.content())));
        return new Digests(live.index(), StateCodec.digest(live.state()), StateCodec.digest(again.state()));
    }

    /** The state and the index it is of; after a snapshot the two are read one after the other. */
    private StateMachine.Seen live() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            StateMachine.Seen seen = access.seen();
            if (seen.index() != StateMachine.UNKNOWN_INDEX) {
                return seen;
            }
            long applied = access.standing().appliedIndex();
            if (seen == access.seen()) {
                return new StateMachine.Seen(seen.state(), applied);
            }
        }
        throw new IOException("the log grows too fast to look at one moment of it: try again");
    }

    @Override
    public List<String> addresses() {
        return addresses.get();
    }
}
