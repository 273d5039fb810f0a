namespace AmpEdge.Wal;

/// <summary>A segment is encrypted, and the key for it is not the one given, or none was.</summary>
public sealed class SegmentKeyException(string segmentPath, bool keyGiven)
    : IOException(keyGiven
        ? $"{segmentPath} is encrypted with another key than the one given: give the key that it was written with, " +
            "or delete the segments if what is in them may be lost"
        : $"{segmentPath} is encrypted and no key was given: give the key that it was written with, " +
            "or delete the segments if what is in them may be lost")
{
    public string SegmentPath { get; } = segmentPath;
}
