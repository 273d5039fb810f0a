namespace AmpEdge.Wal;

/// <summary>Finds the segments of a log's folder and mends what a crash left of the newest.</summary>
public static class SegmentFolder
{
    /// <summary>The segments with their lengths, oldest first; files of other names are left alone.</summary>
    public static List<WalSegment> List(IFileSystem files, string folder)
    {
        List<WalSegment> segments = [];
        foreach (string name in files.List(folder))
        {
            if (SegmentIndex.TryParseFileName(name, out SegmentIndex index))
            {
                using IFile file = files.OpenRead(Path.Combine(folder, name));
                segments.Add(new WalSegment(index, file.Length));
            }
        }

        segments.Sort(static (left, right) => left.Index.CompareTo(right.Index));
        return segments;
    }

    /// <summary>
    /// Reads the newest segment, cuts off what follows its last whole record and corrects the list. A segment without
    /// even its first bytes is deleted. Damage with records behind it stays: readers report and skip it.
    /// </summary>
    internal static WalCorruptionException? CutTornTail(
        IFileSystem files, string folder, List<WalSegment> segments, SegmentCipher? cipher)
    {
        WalSegment newest = segments[^1];
        string path = Path.Combine(folder, newest.Index.FileName);
        WalCorruptionException? torn = FindTornTail(files, path, cipher);
        bool empty = newest.SizeBytes < SegmentFormat.MagicLength || torn is { Offset: 0 };
        if (empty)
        {
            files.Delete(path);
            segments.RemoveAt(segments.Count - 1);
            RequireKeyOfNewest(files, folder, segments, cipher);
        }
        else if (torn is not null)
        {
            using IFile file = files.OpenWrite(path);
            file.SetLength(torn.Offset);
            segments[^1] = newest with { SizeBytes = torn.Offset };
        }

        return torn;
    }

    /// <summary>A segment without records says nothing of the key; the one before it does.</summary>
    private static void RequireKeyOfNewest(IFileSystem files, string folder, List<WalSegment> segments, SegmentCipher? cipher)
    {
        if (segments.Count > 0)
        {
            using SegmentReader reader = SegmentReader.Open(files, Path.Combine(folder, segments[^1].Index.FileName), 0, cipher);
            reader.RequireKey();
        }
    }

    private static WalCorruptionException? FindTornTail(IFileSystem files, string path, SegmentCipher? cipher)
    {
        using SegmentReader reader = SegmentReader.Open(files, path, 0, cipher);
        reader.RequireKey();
        while (true)
        {
            switch (reader.Next())
            {
                case SegmentReadOutcome.TornTail:
                    return reader.Corruption;
                case SegmentReadOutcome.End:
                    return null;
            }
        }
    }
}
