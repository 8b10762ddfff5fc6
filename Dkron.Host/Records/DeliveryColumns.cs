using Microsoft.Data.Sqlite;

namespace Dkron.Host.Records;

/// <summary>A row of the table of deliveries, with the checksum that says whether it is as it was written.</summary>
internal static class DeliveryColumns
{
    /// <summary>In the order in which <see cref="Read"/> takes and <see cref="Bind"/> gives them.</summary>
    public const string Names = "execution, step, processor, tries, earlier_tries, at, reason, state, holds, has_input, crc";

    public const int Count = 11;

    public static SqliteStatement Bind(this StepDelivery delivery, SqliteStatement statement) => statement
        .Bind(delivery.Key).Bind(delivery.Step).Bind(delivery.Processor).Bind(delivery.Tries).Bind(delivery.EarlierTries)
        .Bind(UnixNanoseconds.From(delivery.At)).Bind(delivery.Reason).Bind((long)delivery.State)
        .Bind(delivery.Holds ? 1L : 0L).Bind(delivery.HasInput ? 1L : 0L).Bind(Checksum(delivery));

    /// <summary>Reads a row whose columns begin at the first.</summary>
    public static (StepDelivery Delivery, bool IsIntact) Read(SqliteDataReader reader)
    {
        var values = new StoredValues(reader);
        var delivery = new StepDelivery
        {
            Key = values.Number(0),
            Step = (int)values.Number(1),
            Processor = values.Text(2),
            Tries = (int)values.Number(3),
            EarlierTries = (int)values.Number(4),
            At = UnixNanoseconds.ToTime(values.Number(5)),
            Reason = values.Text(6),
            State = (DeliveryState)values.Number(7),
            Holds = values.Number(8) != 0,
            HasInput = values.Number(9) != 0,
        };
        return (delivery, values.Number(10) == Checksum(delivery) && values.AreWhole);
    }

    private static long Checksum(StepDelivery delivery)
    {
        var checksum = new RecordChecksum();
        checksum.Add(delivery.Key);
        checksum.Add((long)delivery.Step);
        checksum.Add(delivery.Processor);
        checksum.Add((long)delivery.Tries);
        checksum.Add((long)delivery.EarlierTries);
        checksum.Add(UnixNanoseconds.From(delivery.At));
        checksum.Add(delivery.Reason);
        checksum.Add((long)delivery.State);
        checksum.Add(delivery.Holds ? 1L : 0L);
        checksum.Add(delivery.HasInput ? 1L : 0L);
        return checksum.Value;
    }
}
