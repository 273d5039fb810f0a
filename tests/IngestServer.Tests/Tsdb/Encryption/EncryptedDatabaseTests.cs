using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Encryption;

public sealed class EncryptedDatabaseTests
{
    private const string KeyPath = TestDatabase.Folder + "/key";
    private const long MinuteMs = 60_000;

    /// <summary>Stands in every series, to be looked for on the disk.</summary>
    private const string Marker = "a-name-that-nobody-may-read";

    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public void Log_and_blocks_say_nothing_without_the_key_and_answer_with_it()
    {
        string before;
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 8);
            before = store.Dump();
            Assert.True(store.Database.UpkeepStats().Blocks > 0);
        }

        foreach ((string path, byte[] content) in Files(TestDatabase.Folder))
        {
            Assert.True(content.AsSpan().IndexOf("nobody-may-read"u8) < 0, path);
        }

        using TestDatabase again = Open(Master(1));
        Assert.Equal(before, again.Dump());
        Assert.Empty(again.Database.SetAsideBlocks);
    }

    [Fact]
    public void What_a_killed_process_had_acknowledged_is_read_back()
    {
        TestDatabase store = Open(Master(1));
        Fill(store, hours: 1);
        string before = store.Dump();
        store.Kill();

        using TestDatabase again = Open(Master(1));
        Assert.Equal(before, again.Dump());
    }

    [Fact]
    public void A_new_master_key_takes_over_without_the_data_being_written_anew()
    {
        string before;
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 8);
            before = store.Dump();
        }

        byte[] wrapped = _disk.Content(KeyPath);
        Dictionary<string, byte[]> blocks = Blocks();
        using (TestDatabase store = Open(Master(2), Master(1)))
        {
            Assert.Equal(before, store.Dump());
        }

        Assert.NotEqual(wrapped, _disk.Content(KeyPath));
        Assert.Equal(blocks, Blocks());
        using TestDatabase again = Open(Master(2));
        Assert.Equal(before, again.Dump());
    }

    [Fact]
    public void Another_master_key_no_key_and_the_key_of_another_database_are_refused_with_the_reason()
    {
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 1);
        }

        Assert.Contains("is wrapped by the master key", Refusal(Encryption("ws-a", Master(2))), StringComparison.Ordinal);
        Assert.Contains("is encrypted, and no key was given", Refusal(null), StringComparison.Ordinal);
        Assert.Contains("key of another database", Refusal(Encryption("ws-b", Master(1))), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_key_file_a_database_is_shredded()
    {
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 8);
        }

        _disk.Delete(KeyPath);

        Assert.Contains("encrypted with another key", Refusal(Encryption("ws-a", Master(1))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_from_before_the_encryption_is_read_on_and_what_is_new_is_encrypted()
    {
        using (TestDatabase plain = new(_disk))
        {
            plain.Append(Labels.FromStrings("__name__", "up", "when", "before"), TestDatabase.StartMs, 1);
        }

        using (TestDatabase store = Open(Master(1)))
        {
            store.Append(Labels.FromStrings("__name__", "up", "when", Marker), TestDatabase.StartMs + 1, 2);
            Assert.Contains("before", store.Dump(), StringComparison.Ordinal);
        }

        using TestDatabase again = Open(Master(1));
        Assert.Contains("before", again.Dump(), StringComparison.Ordinal);
        Assert.Contains(Marker, again.Dump(), StringComparison.Ordinal);
        foreach ((string path, byte[] content) in Files(TestDatabase.Folder))
        {
            Assert.True(content.AsSpan().IndexOf("nobody-may-read"u8) < 0, path);
        }
    }

    [Fact]
    public void A_damaged_file_of_a_block_sets_that_block_aside_and_the_others_answer()
    {
        Gen gen = Gen.Create(61);
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 8);
        }

        Dictionary<string, byte[]> blocks = Blocks();
        foreach (string path in blocks.Keys)
        {
            byte[] damaged = [.. blocks[path]];
            damaged[gen.Int(damaged.Length)] ^= (byte)(1 << gen.Int(8));
            _disk.SetContent(path, damaged);
            string seen;
            using (TestDatabase store = Open(Master(1)))
            {
                seen = DumpOrDamage(store);
                Assert.True(store.Database.SetAsideBlocks.Count > 0 || seen.Contains("corrupt at byte", StringComparison.Ordinal), $"{path} {gen}\n{seen}");
            }

            _disk.SetContent(path, blocks[path]);
        }
    }

    [Fact]
    public void A_snapshot_of_the_head_is_encrypted_and_one_that_does_not_open_is_not_needed()
    {
        Gen gen = Gen.Create(63);
        DatabaseOptions options = TestDatabase.Options with { Encryption = Encryption("ws-a", Master(1)), SnapshotOnClose = true };
        string before;
        using (TestDatabase store = new(_disk, options))
        {
            Fill(store, hours: 1);
            before = store.Dump();
        }

        for (int round = 0; round < 4; round++)
        {
            List<(string Path, byte[] Content)> files = Files(TestDatabase.Folder).FindAll(
                static file => file.Path.Contains("snapshot", StringComparison.Ordinal));
            Assert.NotEmpty(files);
            foreach ((string path, byte[] content) in files)
            {
                Assert.True(content.AsSpan().IndexOf("nobody-may-read"u8) < 0, path);
            }

            (string damaged, byte[] bytes) = files[round % files.Count];
            if (round > 0)
            {
                bytes[gen.Int(bytes.Length)] ^= 1;
                _disk.SetContent(damaged, bytes);
            }

            using TestDatabase again = new(_disk, options);
            Assert.Equal(round == 0, again.Database.Replay.FromSnapshot);
            Assert.Equal(before, again.Dump());
        }
    }

    [Fact]
    public void An_export_is_plain_and_has_every_sample()
    {
        string before;
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 8);
            before = store.Dump();
        }

        Assert.ThrowsAny<IOException>(() => StoppedDatabase.Open(_disk, TestDatabase.Folder, TimeProvider.System, hashSeed: 1));
        using (StoppedDatabase stopped = StoppedDatabase.Open(
            _disk, TestDatabase.Folder, TimeProvider.System, hashSeed: 1, Encryption("ws-a", Master(1))))
        {
            stopped.ExportTo("/plain", new TimeInterval(long.MinValue, long.MaxValue), TestContext.Current.CancellationToken);
        }

        Assert.Equal(before, DumpOf("/plain", TestDatabase.Options));
    }

    [Fact]
    public void Blocks_that_are_taken_in_are_encrypted_as_the_database_is()
    {
        string before;
        using (TestDatabase store = new(_disk))
        {
            Fill(store, hours: 8);
            before = store.Dump();
        }

        DatabaseEncryption encryption = Encryption("ws-b", Master(1));
        _disk.CreateFolder("/taken");
        IFileSystem content = DatabaseFolder.ContentOf(_disk, "/taken", encryption);
        using (StoppedDatabase stopped = StoppedDatabase.Open(_disk, TestDatabase.Folder, TimeProvider.System, hashSeed: 1))
        {
            stopped.ExportTo("/plain", new TimeInterval(long.MinValue, long.MaxValue), TestContext.Current.CancellationToken);
        }

        using (BlockList blocks = BlockList.Open(_disk, "/plain"))
        {
            foreach (Block block in blocks.Blocks)
            {
                BlockFiles.Copy(content, block, "/taken");
            }
        }

        foreach ((string path, byte[] bytes) in Files("/taken"))
        {
            Assert.True(bytes.AsSpan().IndexOf("nobody-may-read"u8) < 0, path);
        }

        Assert.Equal(before, DumpOf("/taken", TestDatabase.Options with { Encryption = encryption }));
    }

    [Fact]
    public void A_damaged_key_file_is_named()
    {
        Gen gen = Gen.Create(62);
        using (TestDatabase store = Open(Master(1)))
        {
            Fill(store, hours: 1);
        }

        byte[] whole = _disk.Content(KeyPath);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << gen.Int(8));
            _disk.SetContent(KeyPath, damaged);
            Assert.Contains(KeyPath, Refusal(Encryption("ws-a", Master(1))), StringComparison.Ordinal);
        }
    }

    private static LocalMasterKey Master(byte seed)
    {
        byte[] key = new byte[KeyFile.KeyLength];
        Array.Fill(key, seed);
        return new LocalMasterKey(key);
    }

    private static DatabaseEncryption Encryption(string name, params LocalMasterKey[] masters) => new(name, masters);

    private static void Fill(TestDatabase store, int hours)
    {
        for (int minute = 0; minute < hours * 60; minute++)
        {
            for (int series = 0; series < 3; series++)
            {
                Labels labels = Labels.FromStrings("__name__", "up", "marker", Marker, "s", $"{series}");
                store.Append(labels, TestDatabase.StartMs + (minute * MinuteMs), minute * series / 7.0);
            }
        }

        store.Database.Maintain();
    }

    private string DumpOf(string folder, DatabaseOptions options)
    {
        using Database database = Database.Open(folder, options, _disk, TimeProvider.System, hashSeed: 1);
        using DatabaseQuerier querier = database.NewQuerier(TestContext.Current.CancellationToken);
        return TestDatabase.Dump(querier, [], long.MinValue, long.MaxValue);
    }

    private static string DumpOrDamage(TestDatabase store)
    {
        try
        {
            return store.Dump();
        }
        catch (BlockCorruptionException damage)
        {
            return damage.Message;
        }
    }

    private TestDatabase Open(params LocalMasterKey[] masters) =>
        new(_disk, TestDatabase.Options with { Encryption = Encryption("ws-a", masters) });

    private string Refusal(DatabaseEncryption? encryption) =>
        Assert.ThrowsAny<IOException>(() => new TestDatabase(_disk, TestDatabase.Options with { Encryption = encryption })).Message;

    private Dictionary<string, byte[]> Blocks()
    {
        Dictionary<string, byte[]> blocks = [];
        foreach ((string path, byte[] content) in Files(TestDatabase.Folder))
        {
            if (path.Contains("/01", StringComparison.Ordinal))
            {
                blocks.Add(path, content);
            }
        }

        Assert.NotEmpty(blocks);
        return blocks;
    }

    private List<(string Path, byte[] Content)> Files(string folder)
    {
        List<(string Path, byte[] Content)> found = [];
        foreach (string path in _disk.Paths)
        {
            if (path.StartsWith(folder + "/", StringComparison.Ordinal))
            {
                found.Add((path, _disk.Content(path)));
            }
        }

        return found;
    }
}
