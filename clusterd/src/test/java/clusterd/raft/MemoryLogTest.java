package clusterd.raft;

import java.io.IOException;

class MemoryLogTest extends LogContract {
    private static final class One implements Group {
        private final MemoryLog.Disk disk = new MemoryLog.Disk();
        private Ledger ledger;
        private MemoryLog log;

        One() throws IOException {
            start();
        }

        private void start() throws IOException {
            ledger = new Ledger();
            log = new MemoryLog(Member.voter("a", "localhost", 1), ledger, disk, limits());
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public Log log(int member) {
            return log;
        }

        @Override
        public Ledger ledger(int member) {
            return ledger;
        }

        @Override
        public void restart() throws IOException {
            log.close();
            start();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    @Override
    Group open() throws IOException {
        return new One();
    }
}
