namespace AmpEdge.Wal;

/// <summary>A log: a folder of segments, the newest of which is appended to. Thread-safe.</summary>
/// <remarks>
/// Opening cuts the torn tail off the newest segment and starts a new one at the first append, so old segments never
/// change. Lock order: <c>_syncLock</c> before <c>_appendLock</c>; no sync of a file is done under the append lock.
/// </remarks>
public sealed class WalWriter : IDisposable
{
    private readonly Lock _appendLock = new();
    private readonly Lock _syncLock = new();
    private readonly IFileSystem _files;
    private readonly WalOptions _options;

    /// <summary>Segments before the current one, oldest first. Guarded by the append lock.</summary>
    private readonly List<WalSegment> _older;

    /// <summary>Closed to appends, to be synced and disposed by the next sync. Guarded by the append lock.</summary>
    private List<SegmentWriter> _toClose = [];
    private SegmentWriter? _current;
    private SegmentIndex _nextIndex;
    private bool _folderChanged;
    private WalPosition _syncedEnd;

    /// <summary>
    /// Why records behind <c>After</c> and up to <c>UpTo</c> were not confirmed: their segment is given up, so a later sync
    /// says nothing about them. Guarded by the sync lock.
    /// </summary>
    private (WalPosition After, WalPosition UpTo, WalSyncException? Failure) _unconfirmed;

    private WalWriter(IFileSystem files, string folder, WalOptions options, List<WalSegment> older)
    {
        _files = files;
        Folder = folder;
        _options = options;
        _older = older;
        SegmentIndex next = older.Count > 0 ? older[^1].Index.Next : SegmentIndex.First;
        _nextIndex = next > options.MinNextSegment ? next : options.MinNextSegment;
        _syncedEnd = End;
    }

    public string Folder { get; }

    /// <summary>The key of its segments, for readers; null for none.</summary>
    public SegmentCipher? Cipher => _options.Cipher;

    /// <summary>What opening found wrong with the newest segment; null when it ended in a whole record.</summary>
    public WalCorruptionException? CutTail { get; private init; }

    /// <summary>Where the next record will stand; everything before it can be read.</summary>
    public WalPosition End
    {
        get
        {
            lock (_appendLock)
            {
                return _current is { } current
                    ? new WalPosition(current.Index, current.Length)
                    : new WalPosition(_nextIndex, 0);
            }
        }
    }

    /// <summary>Everything before this survives a power cut.</summary>
    public WalPosition SyncedEnd
    {
        get
        {
            lock (_appendLock)
            {
                return _syncedEnd;
            }
        }
    }

    /// <summary>The bytes of all segments.</summary>
    public long TotalBytes
    {
        get
        {
            lock (_appendLock)
            {
                long total = _current?.Length ?? 0;
                foreach (WalSegment segment in _older)
                {
                    total += segment.SizeBytes;
                }

                return total;
            }
        }
    }

    /// <summary>Opens the log in a folder, which is created when it is absent.</summary>
    /// <exception cref="SegmentKeyException">The newest segment is encrypted, and not with the key given.</exception>
    public static WalWriter Open(IFileSystem files, string folder, WalOptions options)
    {
        files.CreateFolder(folder);
        List<WalSegment> segments = SegmentFolder.List(files, folder);
        WalCorruptionException? cut = segments.Count > 0 ? SegmentFolder.CutTornTail(files, folder, segments, options.Cipher) : null;
        return new WalWriter(files, folder, options, segments) { CutTail = cut };
    }

    /// <summary>A batch for this log, which leaves room for encryption when there is any.</summary>
    public WalBatch NewBatch() => new(leavesRoom: _options.Cipher is not null);

    /// <summary>All segments, oldest first; the last one may still grow.</summary>
    public IReadOnlyList<WalSegment> Segments()
    {
        lock (_appendLock)
        {
            List<WalSegment> segments = [.. _older];
            if (_current is { } current)
            {
                segments.Add(new WalSegment(current.Index, current.Length));
            }

            return segments;
        }
    }

    /// <summary>
    /// The oldest segment of this number or a later one, with the length that holds whole records; <paramref name="growing"/>
    /// when it is the one that is appended to.
    /// </summary>
    public bool TryFindFrom(SegmentIndex index, out WalSegment segment, out bool growing)
    {
        lock (_appendLock)
        {
            growing = false;
            foreach (WalSegment older in _older)
            {
                if (older.Index >= index)
                {
                    segment = older;
                    return true;
                }
            }

            growing = _current is not null && _current.Index >= index;
            segment = growing ? new WalSegment(_current!.Index, _current.Length) : default;
            return growing;
        }
    }

    /// <summary>
    /// The segment that the next batch of up to <paramref name="lengthBytes"/> will stand in: for writers whose bytes
    /// depend on the segment. Holds until someone else appends.
    /// </summary>
    public SegmentIndex ReserveSegment(int lengthBytes)
    {
        lock (_appendLock)
        {
            return CurrentFor(lengthBytes).Index;
        }
    }

    /// <summary>
    /// Appends the batch by one write and returns where its first record stands. It then is with the operating system and
    /// survives the process; with <see cref="WalOptions.SyncEveryAppend"/> it is on the disk.
    /// </summary>
    /// <exception cref="DiskFullException">There is no room; nothing was appended, and a later try may succeed.</exception>
    /// <exception cref="WalSyncException">Appended, but the disk did not confirm it.</exception>
    /// <exception cref="IOException">The write failed; nothing was appended.</exception>
    public WalPosition Append(WalBatch batch)
    {
        WalPosition start;
        WalPosition end;
        lock (_appendLock)
        {
            SegmentWriter current = CurrentFor(batch.Length);
            try
            {
                start = new WalPosition(current.Index, current.Append(batch));
                end = new WalPosition(current.Index, current.Length);
            }
            catch (IOException) when (current.Broken)
            {
                CloseCurrent();
                throw;
            }
        }

        if (_options.SyncEveryAppend)
        {
            SyncUpTo(end);
        }

        return start;
    }

    /// <summary>Ends the current segment: the next append begins a new one.</summary>
    public void Rotate()
    {
        lock (_appendLock)
        {
            CloseCurrent();
        }
    }

    /// <summary>Returns when everything appended before the call is on the disk; callers that meet share one sync.</summary>
    /// <exception cref="WalSyncException">The disk did not confirm it.</exception>
    public void Sync() => SyncUpTo(End);

    /// <summary>Deletes every segment before <paramref name="keep"/> except the current one; returns the bytes set free.</summary>
    public long DeleteBefore(SegmentIndex keep)
    {
        List<WalSegment> victims;
        lock (_appendLock)
        {
            int count = 0;
            while (count < _older.Count && _older[count].Index < keep)
            {
                count++;
            }

            victims = _older[..count];
            _older.RemoveRange(0, count);
            _folderChanged |= count > 0;
        }

        long freed = 0;
        int deleted = 0;
        try
        {
            foreach (WalSegment victim in victims)
            {
                _files.Delete(Path.Combine(Folder, victim.Index.FileName));
                freed += victim.SizeBytes;
                deleted++;
            }
        }
        finally
        {
            // A file that the disk did not let go is still a segment: a later call tries again.
            lock (_appendLock)
            {
                _older.InsertRange(0, victims[deleted..]);
            }
        }

        return freed;
    }

    /// <summary>Closes the files. What was not synced stays with the operating system; call <see cref="Sync"/> before.</summary>
    public void Dispose()
    {
        lock (_syncLock)
        {
            lock (_appendLock)
            {
                CloseCurrent();
                foreach (SegmentWriter writer in _toClose)
                {
                    writer.Dispose();
                }

                _toClose.Clear();
            }
        }
    }

    private void SyncUpTo(WalPosition wanted)
    {
        lock (_syncLock)
        {
            // Whoever waited for the lock while a sync failed had his records in it, whatever succeeds afterwards.
            if (_unconfirmed.Failure is { } failure && wanted > _unconfirmed.After && wanted <= _unconfirmed.UpTo)
            {
                throw new WalSyncException(Folder, failure.Segment, failure.Cause);
            }

            if (_syncedEnd < wanted)
            {
                SyncUnderLock();
            }
        }
    }

    private SegmentWriter CurrentFor(int lengthBytes)
    {
        if (_current is { } current && current.Length > current.HeaderLength
            && current.Length + lengthBytes > _options.SegmentSizeBytes)
        {
            CloseCurrent();
        }

        if (_current is null)
        {
            _current = SegmentWriter.Create(_files, Folder, _nextIndex, _options.Cipher);
            _nextIndex = _nextIndex.Next;
            _folderChanged = true;
        }

        return _current;
    }

    private void CloseCurrent()
    {
        if (_current is not null)
        {
            _older.Add(new WalSegment(_current.Index, _current.Length));
            _toClose.Add(_current);
            _current = null;
        }
    }

    private void SyncUnderLock()
    {
        List<SegmentWriter> closing;
        SegmentWriter? current;
        WalPosition end;
        bool folderChanged;
        lock (_appendLock)
        {
            closing = _toClose;
            _toClose = [];
            current = _current;
            end = End;
            folderChanged = _folderChanged;
            _folderChanged = false;
        }

        WalSyncException? failure = null;
        foreach (SegmentWriter writer in closing)
        {
            if (TrySync(writer) is { } closingFailure)
            {
                failure = closingFailure;
                GiveUp(writer, failure);
            }

            writer.Dispose();
        }

        if (current is not null && TrySync(current) is { } currentFailure)
        {
            failure = currentFailure;
            LeaveUnsynced(current);
            GiveUp(current, failure);
        }

        failure = (folderChanged ? TrySyncFolder(end.Segment) : null) ?? failure;
        if (failure is not null)
        {
            throw failure;
        }

        lock (_appendLock)
        {
            _syncedEnd = end;
        }
    }

    /// <summary>
    /// After a failed sync the system may have dropped what it could not write, and a later sync of the same file would
    /// claim success: nothing more goes into it.
    /// </summary>
    private void LeaveUnsynced(SegmentWriter writer)
    {
        lock (_appendLock)
        {
            if (ReferenceEquals(_current, writer))
            {
                CloseCurrent();
            }

            _toClose.Remove(writer);
        }

        writer.Dispose();
    }

    /// <summary>Remembers that nothing up to the end of this segment, which no longer grows, was confirmed.</summary>
    private void GiveUp(SegmentWriter writer, WalSyncException failure) =>
        _unconfirmed = (_syncedEnd, new WalPosition(writer.Index, writer.Length), failure);

    private WalSyncException? TrySync(SegmentWriter writer)
    {
        long started = _options.Time.GetTimestamp();
        try
        {
            writer.Sync();
            return null;
        }
        catch (IOException failure)
        {
            return new WalSyncException(Folder, writer.Index, failure);
        }
        finally
        {
            _options.Synced?.Invoke(_options.Time.GetElapsedTime(started));
        }
    }

    private WalSyncException? TrySyncFolder(SegmentIndex segment)
    {
        try
        {
            _files.SyncFolder(Folder);
            return null;
        }
        catch (IOException failure)
        {
            lock (_appendLock)
            {
                _folderChanged = true;
            }

            return new WalSyncException(Folder, segment, failure);
        }
    }
}
