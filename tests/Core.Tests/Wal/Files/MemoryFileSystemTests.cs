using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Core.Tests.Wal.Files;

public sealed class MemoryFileSystemTests
{
    [Fact]
    public void A_random_history_agrees_with_an_array()
    {
        Gen gen = Gen.Create(42);
        MemoryFileSystem files = new();
        using IFile file = files.Create("/f");
        byte[] model = [];
        for (int step = 0; step < 400; step++)
        {
            if (gen.OneIn(4))
            {
                int length = gen.Int(200_000);
                file.SetLength(length);
                Array.Resize(ref model, length);
            }
            else
            {
                int offset = gen.Int(model.Length + 1000);
                byte[] bytes = gen.Bytes(gen.Int(90_000));
                file.Write(offset, bytes);
                Array.Resize(ref model, Math.Max(model.Length, offset + bytes.Length));
                bytes.CopyTo(model, offset);
            }

            Assert.Equal(model.Length, file.Length);
            int from = gen.Int(model.Length + 10);
            byte[] read = new byte[gen.Int(100_000)];
            int count = file.Read(from, read);
            Assert.Equal(Math.Clamp(model.Length - from, 0, read.Length), count);
            Assert.True(read.AsSpan(0, count).SequenceEqual(model.AsSpan(Math.Min(from, model.Length), count)), $"{gen} step {step}");
        }
    }

    [Fact]
    public void Names_are_listed_renamed_and_deleted_and_an_open_file_outlives_its_name()
    {
        MemoryFileSystem files = new();
        files.Create("/a/x").Write(0, "old"u8);
        files.Create("/a/y").Write(0, "new"u8);
        using IFile open = files.OpenRead("/a/x");

        files.Rename("/a/y", "/a/x");
        Assert.Equal(["x"], files.List("/a"));
        Span<byte> content = stackalloc byte[3];
        Assert.Equal(3, open.Read(0, content));
        Assert.True(content.SequenceEqual("old"u8));
        files.Delete("/a/x");
        Assert.False(files.FileExists("/a/x"));
        Assert.Throws<FileNotFoundException>(() => files.OpenRead("/a/x"));
    }

    [Fact]
    public void A_lock_is_held_once()
    {
        MemoryFileSystem files = new();
        IDisposable? first = files.TryLock("/lock");

        Assert.NotNull(first);
        Assert.Null(files.TryLock("/lock"));
        first.Dispose();
        Assert.NotNull(files.TryLock("/lock"));
    }
}
