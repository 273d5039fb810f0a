using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.Proxy.FanOut;

/// <summary>Reads the points of one series out of a member's answer.</summary>
internal static class SampleReader
{
    /// <summary>Appends the points in the order of their times.</summary>
    /// <exception cref="JsonException">Times do not ascend, or a value is no number or histogram.</exception>
    public static void Read(MemberAnswer answer, AnswerSeries series, SampleBuffer samples)
    {
        ReadOnlySpan<byte> floats = answer.Text[series.Floats];
        ReadOnlySpan<byte> histograms = answer.Text[series.Histograms];
        PointCursor floatPoints = new(floats, answer.IsMatrix);
        PointCursor histogramPoints = new(histograms, answer.IsMatrix);
        bool hasFloat = floatPoints.MoveNext();
        bool hasHistogram = histogramPoints.MoveNext();
        long last = long.MinValue;
        while (hasFloat || hasHistogram)
        {
            bool takeFloat = hasFloat && (!hasHistogram || floatPoints.TimestampMs <= histogramPoints.TimestampMs);
            long timestampMs = takeFloat ? floatPoints.TimestampMs : histogramPoints.TimestampMs;
            if (timestampMs <= last)
            {
                throw new JsonException("the points of a series are not in the order of their times");
            }

            last = timestampMs;
            if (takeFloat)
            {
                samples.Append(timestampMs, floatPoints.Float());
                hasFloat = floatPoints.MoveNext();
            }
            else
            {
                samples.Append(timestampMs, histogramPoints.Histogram());
                hasHistogram = histogramPoints.MoveNext();
            }
        }
    }

    /// <summary>Walks one list of points, or one point alone.</summary>
    private ref struct PointCursor
    {
        private readonly bool _isList;
        private AnswerReader _reader;
        private bool _isOver;

        public PointCursor(ReadOnlySpan<byte> text, bool isList)
        {
            _isList = isList;
            _isOver = text.IsEmpty;
            _reader = new AnswerReader(text);
            if (!_isOver && isList)
            {
                _reader.Expect(JsonTokenType.StartArray, "the points of a series");
            }
        }

        public long TimestampMs { get; private set; }

        /// <summary>Goes to the next point, whose value must then be read.</summary>
        public bool MoveNext()
        {
            if (_isOver)
            {
                return false;
            }

            _reader.Next();
            _isOver = !_isList || _reader.Token == JsonTokenType.EndArray;
            if (_reader.Token == JsonTokenType.EndArray)
            {
                return false;
            }

            TimestampMs = _reader.TimestampMs();
            return true;
        }

        public double Float()
        {
            double value = _reader.Number();
            _reader.Expect(JsonTokenType.EndArray, "the end of a point");
            return value;
        }

        public FloatHistogram Histogram()
        {
            FloatHistogram histogram = HistogramReader.Read(ref _reader);
            _reader.Expect(JsonTokenType.EndArray, "the end of a point");
            return histogram;
        }
    }
}
