using AmpEdge.Agent.Config;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>
/// Finds how many shards the measured rates ask for, as Prometheus does: as many as keep up with what comes in, plus a share of
/// the backlog, and no change for less than three tenths. Not thread-safe.
/// </summary>
/// <remarks>
/// Another number is dear here: what waits is read from the disk again and all series are compressed anew. So the measurements outlive
/// a set of shards, the number no more than doubles at once, and only while the shards there are busy with the receiver: where the
/// processor is short, waiting in more of them makes it shorter. It falls when all measurements of some time agree.
/// </remarks>
internal sealed class ShardSizer(QueueConfig options)
{
    /// <summary>How much the newest interval counts in the smoothed rates.</summary>
    private const double Weight = 0.2;

    /// <summary>The part of the backlog to make up for per second.</summary>
    private const double BacklogShare = 0.05;
    private const double Tolerance = 0.3;

    /// <summary>The part of their time that shards await the receiver when it is the receiver that keeps them.</summary>
    private const double BusyShare = 0.5;

    /// <summary>How many intervals in a row have to ask for fewer shards.</summary>
    private const int IntervalsToFall = 6;

    /// <summary>At first the program is compiled and all series are seen for the first time: that is not what it will be like.</summary>
    private const int IntervalsOfStart = 2;

    private int _intervals;

    /// <summary>The last step up was not all that was asked for: what is left is no small difference.</summary>
    private bool _isRising;
    private int _fewerFor;
    private int _mostOfFewer;
    private double _inPerSecond;
    private double _outPerSecond;
    private double _sendSecondsPerSecond;
    private bool _started;

    /// <summary>What the rates ask for, before the bounds: for the metric.</summary>
    public double Desired { get; private set; }

    /// <summary>Takes in what happened in an interval and returns the number of shards to have from now on.</summary>
    /// <param name="current">The number of shards now.</param>
    /// <param name="samplesIn">Samples taken in during the interval.</param>
    /// <param name="samplesOut">Samples delivered during the interval.</param>
    /// <param name="sendTime">The time that delivering them took, over all shards.</param>
    /// <param name="behind">How much older the newest delivered sample is than the newest scraped one.</param>
    /// <param name="interval">The interval's length.</param>
    public int Next(int current, long samplesIn, long samplesOut, TimeSpan sendTime, TimeSpan behind, TimeSpan interval)
    {
        if (_intervals < IntervalsOfStart)
        {
            _intervals++;
            return Bounded(current);
        }

        Smooth(ref _inPerSecond, samplesIn / interval.TotalSeconds);
        Smooth(ref _outPerSecond, samplesOut / interval.TotalSeconds);
        Smooth(ref _sendSecondsPerSecond, sendTime.TotalSeconds / interval.TotalSeconds);
        _started = true;

        // Nothing is learnt from a destination that takes nothing: more shards would only knock harder.
        if (samplesOut == 0 || _outPerSecond <= 0)
        {
            return current;
        }

        double secondsPerSample = _sendSecondsPerSecond / _outPerSecond;
        double backlog = Math.Max(0, behind.TotalSeconds) * _inPerSecond;
        Desired = secondsPerSample * (_inPerSecond + BacklogShare * backlog);
        if (Desired > current * (_isRising ? 1 : 1 + Tolerance))
        {
            _fewerFor = 0;
            _isRising = Desired > 2.0 * current;
            bool isBusy = sendTime.TotalSeconds >= BusyShare * current * interval.TotalSeconds;
            return Bounded(isBusy ? Math.Min(Math.Ceiling(Desired), 2.0 * current) : current);
        }

        _isRising = false;

        if (Desired >= current * (1 - Tolerance))
        {
            _fewerFor = 0;
            return Bounded(current);
        }

        _mostOfFewer = Math.Max(Bounded(Math.Ceiling(Desired)), _fewerFor == 0 ? 0 : _mostOfFewer);
        _fewerFor++;
        if (_fewerFor < IntervalsToFall)
        {
            return Bounded(current);
        }

        _fewerFor = 0;
        return _mostOfFewer;
    }

    private int Bounded(double shards) => (int)Math.Clamp(shards, options.MinShards, options.MaxShards);

    private void Smooth(ref double average, double value) =>
        average = _started ? average + Weight * (value - average) : value;
}
