namespace AmpEdge.Tsdb;

/// <summary>A block that cannot be read: it stays where it is, untouched and unread, until somebody looks after it.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="Reason">What is wrong with it: file, byte, found, expected.</param>
public sealed record SetAsideBlock(string Folder, string Reason);
