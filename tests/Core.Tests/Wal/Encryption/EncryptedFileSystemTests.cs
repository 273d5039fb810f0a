using System.Text;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal.Encryption;

public sealed class EncryptedFileSystemTests
{
    private const int PageLength = 16 * 1024;
    private const int HeaderLength = 48;
    private const int StoredPageLength = PageLength + 28;

    private readonly MemoryFileSystem _disk = new();
    private readonly EncryptedFileSystem _files;

    public EncryptedFileSystemTests() => _files = new EncryptedFileSystem(_disk, new FileCipher(Key(1)));

    [Fact]
    public void A_random_history_agrees_with_a_plain_file()
    {
        Gen gen = Gen.Create(51);
        for (int round = 0; round < 30; round++)
        {
            MemoryFileSystem plain = new();
            using IFile expected = plain.Create("/f");
            IFile file = _files.Create("/f");
            for (int step = 0; step < 60; step++)
            {
                long offset = gen.OneIn(3) ? expected.Length : gen.Int((int)expected.Length + 40_000);
                switch (gen.Int(8))
                {
                    case 0:
                        file.SetLength(offset);
                        expected.SetLength(offset);
                        break;
                    case 1:
                        file.Dispose();
                        file = _files.OpenWrite("/f");
                        break;
                    default:
                        byte[] bytes = gen.Bytes(gen.Pick(1, 100, 5_000, PageLength, 50_000));
                        file.Write(offset, bytes);
                        expected.Write(offset, bytes);
                        break;
                }

                AssertSame(expected, file, gen.Int((int)expected.Length + 10), $"{gen} round {round} step {step}");
            }

            file.Dispose();
            using IFile again = _files.OpenRead("/f");
            AssertSame(expected, again, 0, $"{gen} round {round}");
        }
    }

    [Fact]
    public void Nothing_of_the_content_is_on_the_disk_and_the_same_content_never_looks_the_same()
    {
        byte[] content = Encoding.UTF8.GetBytes(string.Concat(System.Linq.Enumerable.Repeat("node_cpu_seconds_total ", 3_000)));
        Write("/a", content);
        Write("/b", content);
        byte[] first = Stored("/a");

        Assert.Equal(-1, first.AsSpan().IndexOf("node_cpu"u8));
        Assert.False(first.AsSpan(HeaderLength).SequenceEqual(Stored("/b").AsSpan(HeaderLength)));
        Assert.Equal(content.Length, Length("/a"));
    }

    [Fact]
    public void Every_flipped_bit_is_found()
    {
        Gen gen = Gen.Create(52);
        byte[] content = gen.Bytes(PageLength + 100);
        Write("/f", content);
        byte[] stored = Stored("/f");
        for (int round = 0; round < 400; round++)
        {
            int at = round < HeaderLength ? round : gen.Int(stored.Length);
            byte[] damaged = [.. stored];
            damaged[at] ^= (byte)(1 << gen.Int(8));
            using (IFile raw = _disk.Create("/f"))
            {
                raw.Write(0, damaged);
            }

            if (at < 8)
            {
                // No encrypted file any more: whoever reads it finds what it does not know.
                Assert.Equal(damaged.Length, Length("/f"));
            }
            else
            {
                Assert.ThrowsAny<IOException>(() => Read("/f"));
            }
        }
    }

    [Fact]
    public void Pages_that_were_moved_or_come_from_another_file_do_not_open()
    {
        Gen gen = Gen.Create(53);
        Write("/a", gen.Bytes(3 * PageLength));
        Write("/b", gen.Bytes(3 * PageLength));
        byte[] first = Stored("/a");
        byte[] second = Stored("/b");
        byte[] moved = [.. first];
        first.AsSpan(HeaderLength, StoredPageLength).CopyTo(moved.AsSpan(HeaderLength + StoredPageLength));
        byte[] mixed = [.. first];
        second.AsSpan(HeaderLength, StoredPageLength).CopyTo(mixed.AsSpan(HeaderLength));

        foreach (byte[] bad in (byte[][])[moved, mixed])
        {
            using (IFile raw = _disk.Create("/a"))
            {
                raw.Write(0, bad);
            }

            DamagedPageException damage = Assert.Throws<DamagedPageException>(() => Read("/a"));
            Assert.Equal("/a", damage.Path);
        }
    }

    [Fact]
    public void A_cut_inside_a_page_is_found()
    {
        Write("/f", Gen.Create(54).Bytes(2 * PageLength));
        using (IFile raw = _disk.OpenWrite("/f"))
        {
            raw.SetLength(raw.Length - 1);
        }

        Assert.Throws<DamagedPageException>(() => Read("/f"));
    }

    [Fact]
    public void Another_key_opens_nothing()
    {
        Write("/f", [1, 2, 3]);
        EncryptedFileSystem others = new(_disk, new FileCipher(Key(2)));

        Assert.Contains("another key", Assert.Throws<FileKeyException>(() => others.OpenRead("/f")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_from_before_the_encryption_are_read_as_they_are()
    {
        using (IFile plain = _disk.Create("/f"))
        {
            plain.Write(0, "plain text"u8);
        }

        Assert.Equal("plain text"u8.ToArray(), Read("/f"));
    }

    private static byte[] Key(byte seed)
    {
        byte[] key = new byte[FileCipher.KeyLength];
        Array.Fill(key, seed);
        return key;
    }

    private static void AssertSame(IFile expected, IFile file, int offset, string what)
    {
        Assert.True(expected.Length == file.Length, what);
        byte[] left = new byte[Math.Max(1, expected.Length - offset)];
        byte[] right = new byte[left.Length];
        Assert.Equal(expected.Read(offset, left), file.Read(offset, right));
        Assert.True(left.AsSpan().SequenceEqual(right), what);
    }

    private void Write(string path, byte[] content)
    {
        using IFile file = _files.Create(path);
        file.Write(0, content);
        file.Sync();
    }

    private byte[] Read(string path) => Read(_files, path);

    private byte[] Stored(string path) => Read(_disk, path);

    private static byte[] Read(IFileSystem files, string path)
    {
        using IFile file = files.OpenRead(path);
        byte[] content = new byte[file.Length];
        Assert.Equal(content.Length, file.Read(0, content));
        return content;
    }

    private long Length(string path)
    {
        using IFile file = _files.OpenRead(path);
        return file.Length;
    }
}
