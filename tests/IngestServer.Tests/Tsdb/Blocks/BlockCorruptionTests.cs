using System.Buffers.Binary;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Blocks;

public sealed class BlockCorruptionTests
{
    private static readonly string s_index = Path.Combine(TestBlock.PathOf(TestBlock.Name), "index");
    private static readonly string s_chunks = Path.Combine(TestBlock.PathOf(TestBlock.Name), "chunks", "000001");
    private static readonly string s_tombstones = Path.Combine(TestBlock.PathOf(TestBlock.Name), "tombstones");
    private static readonly string s_meta = Path.Combine(TestBlock.PathOf(TestBlock.Name), "meta.json");

    [Theory]
    [InlineData("index")]
    [InlineData("chunks/000001")]
    [InlineData("tombstones")]
    public void A_flipped_bit_anywhere_is_found_and_never_changes_an_answer(string file)
    {
        Gen gen = Gen.Create(31);
        string path = Path.Combine(TestBlock.PathOf(TestBlock.Name), file);
        FaultyFileSystem files = WriteSmall(gen);
        string expected = Answer(files);
        byte[] sound = files.Content(path);
        for (int at = 0; at < sound.Length; at++)
        {
            byte[] flipped = [.. sound];
            flipped[at] ^= (byte)(1 << gen.Int(8));
            files.SetContent(path, flipped);

            string where = $"bit flipped in byte {at} of {sound.Length} of {file}, {gen}";
            CheckAnswer(files, expected, path, where);
            Assert.True(Findings(files) > 0, $"not found: {where}");
        }
    }

    [Fact]
    public void A_flipped_bit_of_the_description_never_changes_an_answer()
    {
        Gen gen = Gen.Create(32);
        FaultyFileSystem files = WriteSmall(gen);
        string expected = Answer(files);
        byte[] sound = files.Content(s_meta);
        Assert.True(BlockMeta.TryParse(sound, out BlockMeta? meta, out _));
        for (int at = 0; at < sound.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] flipped = [.. sound];
                flipped[at] ^= (byte)(1 << bit);
                files.SetContent(s_meta, flipped);
                string where = $"bit {bit} of byte {at}, {gen}";
                CheckAnswer(files, expected, s_meta, where);
                Assert.True(
                    !BlockMeta.TryParse(flipped, out BlockMeta? read, out _) || read.ToJson().AsSpan().SequenceEqual(sound), where);
            }
        }

        Assert.Equal(meta.ToJson(), sound);
    }

    [Fact]
    public void A_description_of_prometheus_has_no_checksum_and_is_read_as_it_is()
    {
        FaultyFileSystem files = WriteSmall(Gen.Create(32));
        string expected = Answer(files);
        string json = System.Text.Encoding.UTF8.GetString(files.Content(s_meta));
        int at = json.IndexOf(",\n\t\"checksum\"", StringComparison.Ordinal);
        files.SetContent(s_meta, System.Text.Encoding.UTF8.GetBytes(json[..at] + "\n}"));

        Assert.Equal(expected, Answer(files));
        Assert.Equal(0, Findings(files));
    }

    [Fact]
    public void Files_cut_anywhere_are_found_and_never_change_an_answer()
    {
        Gen gen = Gen.Create(33);
        FaultyFileSystem files = WriteSmall(gen);
        string expected = Answer(files);
        foreach (string path in (ReadOnlySpan<string>)[s_index, s_chunks, s_tombstones, s_meta])
        {
            byte[] sound = files.Content(path);
            for (int round = 0; round < 300; round++)
            {
                int length = gen.Int(sound.Length);
                files.SetContent(path, sound[..length]);

                string where = $"{path} cut to {length} of {sound.Length}, {gen}";
                CheckAnswer(files, expected, path, where);
                Assert.True(Findings(files) > 0, $"not found: {where}");
            }

            files.SetContent(path, sound);
        }
    }

    [Fact]
    public void Damage_of_any_kind_never_does_worse_than_an_error()
    {
        Gen gen = Gen.Create(34);
        FaultyFileSystem files = WriteSmall(gen);
        foreach (string path in (ReadOnlySpan<string>)[s_index, s_chunks, s_tombstones, s_meta])
        {
            byte[] sound = files.Content(path);
            for (int round = 0; round < 500; round++)
            {
                files.SetContent(path, gen.Mutate(sound));
                Findings(files);
            }

            files.SetContent(path, sound);
        }
    }

    /// <summary>Whoever writes the checksum may write anything: the bytes behind it are not trusted for it.</summary>
    [Fact]
    public void An_index_of_nonsense_with_right_checksums_never_does_worse_than_an_error()
    {
        Gen gen = Gen.Create(35);
        FaultyFileSystem files = WriteSmall(gen);
        byte[] sound = files.Content(s_index);
        for (int round = 0; round < 1500; round++)
        {
            byte[] forged = [.. sound];
            for (int edits = 1 + gen.Int(3); edits > 0; edits--)
            {
                forged[gen.Int(forged.Length)] = (byte)gen.Pick(0, 1, 0x7F, 0x80, 0xFF, gen.Int(256));
            }

            IndexForger.Reseal(forged);
            files.SetContent(s_index, forged);
            Findings(files);
        }
    }

    /// <summary>The same for chunks, of each encoding.</summary>
    [Fact]
    public void Chunks_of_nonsense_with_right_checksums_never_do_worse_than_an_error()
    {
        const int HeaderBytes = 8;
        Gen gen = Gen.Create(39);
        FaultyFileSystem files = WriteSmall(gen);
        byte[] sound = files.Content(s_chunks);
        Assert.True(Uvarint.TryRead(sound.AsSpan(HeaderBytes), out ulong length, out int lengthBytes));
        for (int round = 0; round < 3000; round++)
        {
            byte[] forged = [.. sound];
            Span<byte> chunk = forged.AsSpan(HeaderBytes + lengthBytes, 1 + (int)length);
            chunk[0] = (byte)gen.Pick(1, 2, 3, 4);
            for (int edits = gen.Int(4); edits > 0; edits--)
            {
                chunk[gen.Int(chunk.Length)] = (byte)gen.Int(256);
            }

            BinaryPrimitives.WriteUInt32BigEndian(forged.AsSpan(HeaderBytes + lengthBytes + chunk.Length), Crc32C.Compute(chunk));
            files.SetContent(s_chunks, forged);
            Findings(files);
            try
            {
                Answer(files);
            }
            catch (BlockCorruptionException corruption)
            {
                Assert.Equal(s_chunks, corruption.Path);
            }
        }
    }

    [Fact]
    public void A_chunk_of_an_encoding_that_is_not_known_is_named()
    {
        FaultyFileSystem files = new();
        using (BlockWriter writer = BlockWriter.Create(files, TestBlock.Folder, TestBlock.Name))
        {
            writer.BeginSeries(Labels.FromStrings("__name__", "a").Blob);
            writer.AddChunk(1000, 1000, (ChunkEncoding)5, TestBlock.Encode([new Sample(1000, 1)]));
            writer.Finish(1000, 1001, new BlockCompaction { Level = 1 });
        }

        Assert.Contains(
            "encoding 5, which cannot be read: known are 1 to 4",
            Assert.Throws<BlockCorruptionException>(() => Answer(files)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index")]
    [InlineData("chunks/000001")]
    [InlineData("meta.json")]
    public void A_missing_file_is_named(string file)
    {
        FaultyFileSystem files = WriteSmall(Gen.Create(36));
        string path = Path.Combine(TestBlock.PathOf(TestBlock.Name), file);
        files.Delete(path);

        Assert.True(Findings(files) > 0);
    }

    [Fact]
    public void A_missing_segment_is_not_taken_for_the_next_one()
    {
        Gen gen = Gen.Create(37);
        FaultyFileSystem files = new();
        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, TestBlock.RandomSeries(gen, 40), segmentBytes: 8 * 1024);
        files.Delete(s_chunks);

        Assert.False(Block.TryOpen(files, TestBlock.PathOf(TestBlock.Name), new PageCache(0), out _, out BlockCorruptionException? corruption));
        Assert.Contains("000001", corruption.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_that_is_not_ours_to_name_is_refused()
    {
        FaultyFileSystem files = WriteSmall(Gen.Create(38));
        string other = TestBlock.PathOf(new Ulid(1, 2));
        files.Rename(TestBlock.PathOf(TestBlock.Name), other);

        Assert.False(Block.TryOpen(files, other, new PageCache(0), out _, out BlockCorruptionException? corruption));
        Assert.Contains(TestBlock.Name.ToString(), corruption.Message, StringComparison.Ordinal);
    }

    private static FaultyFileSystem WriteSmall(Gen gen)
    {
        FaultyFileSystem files = new();
        SortedDictionary<Labels, List<Sample>> series = [];
        for (int index = 0; index < 12; index++)
        {
            Labels labels = Labels.FromStrings("__name__", "m" + gen.Int(3), "instance", gen.Text("abc", 3), "pod", "pod-" + gen.Int(99));
            series[labels] = TestBlock.RandomSamples(gen, 1 + gen.Int(200));
        }

        TestBlock.Write(files, TestBlock.Folder, TestBlock.Name, series);
        using Block block = TestBlock.Open(files, TestBlock.Name);
        block.Delete([new Matcher(MatcherType.Equal, "__name__", "m1")], TestBlock.StartMs, TestBlock.StartMs + 400_000);
        Assert.Empty(block.Verify());
        return files;
    }

    private static string Answer(FaultyFileSystem files)
    {
        using Block block = TestBlock.Open(files, TestBlock.Name);
        List<string> names = [];
        foreach (byte[] name in TestBlock.LabelNames(block))
        {
            names.Add(Convert.ToHexStringLower(name));
            names.AddRange(TestBlock.LabelValues(block, name).ConvertAll(Convert.ToHexStringLower));
        }

        return string.Join(',', names) + "\n" + TestBlock.Dump(block) + "\n" + TestBlock.Dump(block, [new Matcher(MatcherType.Equal, "__name__", "m0")]);
    }

    /// <summary>The answer is as it was, or an error that names the file.</summary>
    private static void CheckAnswer(FaultyFileSystem files, string expected, string path, string where)
    {
        try
        {
            Assert.True(expected == Answer(files), $"another answer: {where}");
        }
        catch (BlockCorruptionException corruption)
        {
            Assert.True(corruption.Path == path, $"{corruption.Message} names another file: {where}");
        }
    }

    private static int Findings(FaultyFileSystem files)
    {
        if (!Block.TryOpen(files, TestBlock.PathOf(TestBlock.Name), new PageCache(1 << 20), out Block? block, out _))
        {
            return 1;
        }

        using (block)
        {
            return block.Verify().Count;
        }
    }
}
