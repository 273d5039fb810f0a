using System.Linq;
using System.Text;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal;

public sealed class EncryptedSegmentTests
{
    private const string Folder = "/log";
    private const string Secret = "a payload that nobody else may read";

    private static readonly SegmentCipher s_cipher = new(new byte[32]);

    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public void Records_come_back_and_their_content_is_not_on_the_disk()
    {
        Write(s_cipher, Secret, "second", "");

        Assert.Equal([Secret, "second", ""], Read(1, s_cipher));
        Assert.DoesNotContain("payload", Encoding.Latin1.GetString(_disk.Content(PathOf(1))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_that_was_plain_before_goes_on_encrypted_and_both_are_read()
    {
        Write(null, "plain");
        Write(s_cipher, Secret);

        Assert.Equal(["plain"], Read(1, s_cipher));
        Assert.Equal([Secret], Read(2, s_cipher));
    }

    [Fact]
    public void Another_key_or_none_is_an_error_when_the_log_is_opened()
    {
        Write(s_cipher, Secret);

        SegmentKeyException other = Assert.Throws<SegmentKeyException>(() => Open(new SegmentCipher([.. Enumerable.Repeat((byte)1, 32)])));
        Assert.Contains("another key", other.Message, StringComparison.Ordinal);
        SegmentKeyException none = Assert.Throws<SegmentKeyException>(() => Open(null));
        Assert.Contains("no key was given", none.Message, StringComparison.Ordinal);
        Assert.Equal([], Read(1, null));
    }

    [Fact]
    public void A_changed_byte_costs_its_record_and_no_other()
    {
        string[] written = [Secret, "second", "third"];
        Write(s_cipher, written);
        byte[] whole = _disk.Content(PathOf(1));
        for (int at = 48; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0x40;
            _disk.SetContent(PathOf(1), changed);
            List<string> read = Read(1, s_cipher);

            Assert.Equal(2, read.Count);
            Assert.All(read, record => Assert.Contains(record, written));
        }
    }

    [Fact]
    public void A_damaged_id_of_the_key_costs_nothing_when_the_key_opens_a_record()
    {
        Write(s_cipher, Secret, "second");
        byte[] whole = _disk.Content(PathOf(1));
        for (int at = 8; at < 16; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            _disk.SetContent(PathOf(1), changed);
            Open(s_cipher).Dispose();
            Assert.Equal([Secret, "second"], Read(1, s_cipher));
        }
    }

    [Fact]
    public void A_damaged_segment_without_records_is_dropped_and_that_of_another_key_is_not()
    {
        Write(s_cipher, Secret);
        byte[] begun = [.. _disk.Content(PathOf(1))[..48]];
        begun[9] ^= 1;
        _disk.SetContent(PathOf(2), begun);
        Assert.Throws<SegmentKeyException>(() => Open(new SegmentCipher([.. Enumerable.Repeat((byte)1, 32)])));
        Open(s_cipher).Dispose();
        Assert.Equal([Secret], Read(1, s_cipher));
        Assert.False(_disk.FileExists(PathOf(2)));
    }

    [Fact]
    public void A_record_that_was_moved_to_another_place_is_not_taken()
    {
        Write(s_cipher, "same length 1", "same length 2");
        byte[] content = _disk.Content(PathOf(1));
        int record = (content.Length - 48) / 2;
        byte[] swapped = [.. content[..48], .. content[(48 + record)..], .. content[48..(48 + record)]];
        _disk.SetContent(PathOf(1), swapped);

        Assert.Equal([], Read(1, s_cipher));
    }

    [Fact]
    public void A_segment_cut_at_any_byte_opens_with_its_whole_records()
    {
        Write(s_cipher, "first", "second");
        byte[] whole = _disk.Content(PathOf(1));
        for (int cut = 0; cut < whole.Length; cut++)
        {
            FaultyFileSystem disk = new();
            disk.SetContent(PathOf(1), whole[..cut]);
            using WalWriter wal = WalWriter.Open(disk, Folder, new WalOptions { Cipher = s_cipher });

            string[] expected = cut < 48 + 29 + 13 ? [] : ["first"];
            Assert.Equal(expected, cut < 48 ? [] : Read(disk, 1, s_cipher));
        }
    }

    [Fact]
    public void No_number_comes_twice_under_one_key_even_when_writes_fail()
    {
        Gen gen = Gen.Create(41);
        HashSet<string> seen = [];
        using (WalWriter wal = Open(s_cipher))
        {
            for (int round = 0; round < 200; round++)
            {
                WalBatch batch = wal.NewBatch();
                for (int records = gen.Int(1, 4); records > 0; records--)
                {
                    batch.Add(1, Encoding.UTF8.GetBytes("x"));
                }

                _disk.FailingWrites = gen.OneIn(3) ? 1 : 0;
                _disk.ShortWriteBytes = gen.Int(100);
                try
                {
                    wal.Append(batch);
                }
                catch (IOException)
                {
                    // What a failed write left was cut off again; its numbers are used up.
                }
            }
        }

        foreach (string name in _disk.List(Folder + "/"))
        {
            byte[] content = _disk.Content($"{Folder}/{name}");
            string salt = Convert.ToHexString(content.AsSpan(16, 32));
            for (int at = 48; at < content.Length; at += 13 + 25)
            {
                Assert.True(seen.Add(salt + BitConverter.ToUInt64(content, at + 13)), gen.ToString());
            }
        }

        Assert.True(seen.Count > 100);
    }

    private static string PathOf(int segment) => $"{Folder}/{new SegmentIndex(segment).FileName}";

    private static List<string> Read(FaultyFileSystem disk, int segment, SegmentCipher? cipher)
    {
        List<string> records = [];
        using SegmentReader reader = SegmentReader.Open(disk, PathOf(segment), 0, cipher);
        while (true)
        {
            switch (reader.Next())
            {
                case SegmentReadOutcome.Record:
                    records.Add(Encoding.UTF8.GetString(reader.Payload));
                    break;
                case SegmentReadOutcome.End:
                    return records;
            }
        }
    }

    private List<string> Read(int segment, SegmentCipher? cipher) => Read(_disk, segment, cipher);

    private void Write(SegmentCipher? cipher, params string[] payloads)
    {
        using WalWriter wal = Open(cipher);
        foreach (string payload in payloads)
        {
            WalBatch batch = wal.NewBatch();
            batch.Add(1, Encoding.UTF8.GetBytes(payload));
            wal.Append(batch);
        }

        wal.Sync();
    }

    private WalWriter Open(SegmentCipher? cipher) => WalWriter.Open(_disk, Folder, new WalOptions { Cipher = cipher });
}
