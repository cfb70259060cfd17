import cli.transport.CallException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A client that does random things to containers of its own until the daemon is gone. */
final class Worker {
    private static final int SUBJECTS = 4;

    final List<Subject> subjects = new ArrayList<>();
    /** What was wrong, a sentence each. */
    final List<String> faults = new ArrayList<>();
    int operations;
    private final String name;
    private final Random random;
    private int serial;

    Worker(String name, long seed) {
        this.name = name;
        this.random = new Random(seed);
    }

    /** Returns when the connection is lost. */
    void work(Client client) {
        String doing = "";
        try {
            while (true) {
                Subject subject = pick();
                doing = subject.name + " " + subject.possible;
                step(client, subject);
                operations++;
            }
        } catch (IOException gone) {
            return;
        } catch (CallException refused) {
            faults.add(doing + ": " + refused.getMessage() + " (" + refused.reason() + ")");
        }
    }

    private Subject pick() {
        subjects.removeIf(each -> each.possible.equals(Set.of(Subject.Life.ABSENT)));
        if (subjects.size() < SUBJECTS && (subjects.isEmpty() || random.nextInt(3) == 0)) {
            Subject fresh = new Subject(name + "-" + serial++, random);
            subjects.add(fresh);
            return fresh;
        }
        return subjects.get(random.nextInt(subjects.size()));
    }

    private void step(Client client, Subject subject) throws IOException, CallException {
        int dice = random.nextInt(6);
        switch (subject.possible.iterator().next()) {
            case ABSENT -> bring(client, subject, dice);
            case CREATED, EXITED -> {
                if (dice < 4) {
                    subject.mayStart();
                    subject.runs(client.start(subject.name));
                } else {
                    remove(client, subject);
                }
            }
            case RUNNING -> use(client, subject, dice);
        }
    }

    private void bring(Client client, Subject subject, int dice) throws IOException, CallException {
        var request = Client.container(subject.name, subject.network, "sh", "-c", subject.script);
        switch (dice) {
            case 0, 1 -> {
                subject.may(Subject.Life.CREATED);
                client.create(request.build());
                subject.is(Subject.Life.CREATED);
            }
            case 2, 3 -> {
                subject.may(Subject.Life.CREATED);
                subject.mayStart();
                subject.runs(client.runDetached(request.build()));
            }
            default -> {
                // With --rm: whatever happens, it is gone in the end; see Kills.
                Client.Result result = client.run(Client.container(subject.name + "-rm",
                        subject.network, "sh", "-c", "echo " + subject.name + "; exit 3")
                        .setAutoRemove(true).build());
                expect(subject.name + " with --rm", new Client.Result(3, subject.name + "\n"),
                        result);
            }
        }
    }

    private void use(Client client, Subject subject, int dice) throws IOException, CallException {
        try {
            switch (dice) {
                case 0 -> {
                    subject.mayDie();
                    client.stop(subject.name, 0);
                    subject.is(Subject.Life.EXITED);
                }
                case 1 -> {
                    subject.mayDie();
                    client.kill(subject.name);
                    subject.is(Subject.Life.EXITED);
                }
                case 2 -> {
                    subject.mayDie();
                    remove(client, subject);
                }
                case 3 -> awaitEnd(client, subject);
                default -> {
                    Client.Result result = client.exec(subject.name, "sh", "-c", "echo x; exit 5");
                    if (subject.endsWith == 0) {
                        expect("exec in " + subject.name, new Client.Result(5, "x\n"), result);
                    }
                }
            }
        } catch (CallException refused) {
            if (subject.endsWith == 0 || !refused.reason().equals("CONTAINER_NOT_RUNNING")
                    && !refused.reason().equals("START_FAILED")) {
                throw refused;
            }
            subject.is(Subject.Life.EXITED);
        }
    }

    private void awaitEnd(Client client, Subject subject) throws IOException, CallException {
        if (subject.endsWith != 0) {
            int code = client.await(subject.name);
            if (!subject.codes.contains(code)) {
                faults.add(subject.name + " exited with " + code + ", not one of "
                        + subject.codes);
            }
            subject.is(Subject.Life.EXITED);
        }
    }

    private static void remove(Client client, Subject subject) throws IOException, CallException {
        subject.may(Subject.Life.ABSENT);
        client.remove(subject.name);
        subject.is(Subject.Life.ABSENT);
    }

    private void expect(String what, Client.Result wanted, Client.Result found) {
        if (!wanted.equals(found)) {
            faults.add(what + ": " + found + ", not " + wanted);
        }
    }
}
