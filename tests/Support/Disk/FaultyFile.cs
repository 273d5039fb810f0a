using System.Runtime.InteropServices;

namespace AmpEdge.Tests.Support;

/// <summary>What a file of a <see cref="FaultyFileSystem"/> holds, and what of it would outlive a power cut.</summary>
internal sealed class FaultyFile
{
    private const int Page = 512;

    public List<byte> Content { get; set; } = [];

    public byte[] Synced { get; set; } = [];

    public int Read(long offset, Span<byte> target)
    {
        int count = (int)Math.Clamp(Content.Count - offset, 0, target.Length);
        CollectionsMarshal.AsSpan(Content).Slice((int)Math.Min(offset, Content.Count), count)
            .CopyTo(target);
        return count;
    }

    public void Write(long offset, ReadOnlySpan<byte> source)
    {
        if (offset + source.Length > Content.Count)
        {
            SetLength((int)offset + source.Length);
        }

        source.CopyTo(CollectionsMarshal.AsSpan(Content)[(int)offset..]);
    }

    public void SetLength(int length)
    {
        int before = Content.Count;
        CollectionsMarshal.SetCount(Content, length);
        if (length > before)
        {
            CollectionsMarshal.AsSpan(Content)[before..].Clear();
        }
    }

    /// <summary>The power is gone: of what was not synced each page is kept or lost by chance.</summary>
    public void LoseUnsynced(Gen gen)
    {
        byte[] now = [.. Content];
        int length = gen.Bool() ? now.Length : Synced.Length + gen.Int(Math.Max(1, now.Length - Synced.Length + 1));
        length = Math.Max(0, Math.Min(length, Math.Max(now.Length, Synced.Length)));
        byte[] after = new byte[length];
        for (int page = 0; page < length; page += Page)
        {
            byte[] source = gen.Bool() ? now : Synced;
            int count = Math.Clamp(source.Length - page, 0, Math.Min(Page, length - page));
            source.AsSpan(Math.Min(page, source.Length), count).CopyTo(after.AsSpan(page));
        }

        // What was synced and not overwritten since is safe in any case.
        for (int index = 0; index < Math.Min(length, Math.Min(Synced.Length, now.Length)); index++)
        {
            after[index] = now[index] == Synced[index] ? now[index] : after[index];
        }

        Content = [.. after];
        Synced = after;
    }
}
