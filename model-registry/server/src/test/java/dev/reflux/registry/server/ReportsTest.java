package dev.reflux.registry.server;

import static dev.reflux.registry.server.ServedRegistry.ADMIN;
import static dev.reflux.registry.server.ServedRegistry.READER;
import static dev.reflux.registry.server.ServedRegistry.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reflux.registry.store.VehicleReport;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a token may report. The reader's is for the vehicles car-*. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportsTest {

    private ServedRegistry served;
    private String model;

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        served = ServedRegistry.start(directory);
    }

    @AfterAll
    void close() throws Exception {
        served.close();
    }

    @BeforeEach
    void publish() {
        model = served.publishTwo();
    }

    @Test
    void givenAReportOfAVehicle_whenPosted_thenItIsKeptUnderTheTokensName() throws Exception {
        HttpResponse<String> posted = report(model, READER, "car-1", 2);

        assertThat(posted.statusCode()).isEqualTo(201);
        assertThat(posted.body()).isEqualTo("{\"recorded\":true}");
        assertThat(served.registry().reports(model).of(2))
                .containsExactly(new VehicleReport("car", "car-1", 2, "agreement", 0.4, 0.8));
    }

    @Test
    void givenOneToken_whenItReportsUnderManyNames_thenOneReportCounts() throws Exception {
        report(model, READER, "car-0", 2);

        HttpResponse<String> again = report(model, READER, "car-1", 2);

        assertThat(again.body()).isEqualTo("{\"recorded\":false}");
        assertThat(served.registry().reports(model).of(2)).hasSize(1);
    }

    @Test
    void givenATokenOfOtherVehicles_whenItReports_thenTheAnswerIs403AndNothingIsKept() throws Exception {
        HttpResponse<String> refused = report(model, READER, "truck-1", 2);

        assertError(
                403,
                "The token of car is for the vehicle car-*; report with the token of the vehicle itself.",
                refused);
        assertThat(served.store().list(model + "/reports/")).isEmpty();
    }

    @Test
    void givenAVersionThatDoesNotExistYet_whenReported_thenTheAnswerIs404AndNothingIsKept() throws Exception {
        HttpResponse<String> refused = report(model, READER, "car-1", 3);

        assertError(404, model + " has no version 3 to report of.", refused);
        assertThat(served.store().list(model + "/reports/")).isEmpty();
    }

    @Test
    void givenAModelThatDoesNotExist_whenReported_thenItDoesNotAppearInTheList() throws Exception {
        HttpResponse<String> refused = report("ghost", READER, "car-1", 1);

        assertError(404, "ghost has no version 1 to report of.", refused);
        assertThat(served.registry().catalog().models()).doesNotContain("ghost");
    }

    @Test
    void givenTheLargestNumberOfReportsAMinute_whenATokenReportsOnceMore_thenItIsToldToWait() throws Exception {
        for (int i = 0; i < ReportRates.MOST; i++) {
            assertThat(report(model, ADMIN, "truck-" + i, 1).statusCode()).isEqualTo(201);
        }

        HttpResponse<String> refused = report(model, ADMIN, "truck-1", 2);

        assertError(429, "ops reports too often; try again in", refused);
        assertThat(refused.headers().firstValueAsLong("retry-after").getAsLong())
                .isBetween(1L, 61L);
    }

    @ParameterizedTest
    @CsvSource({
        "car-7, car-7, true", "car-7, car-8, false", "car-7, xcar-7, false", "car-*, car-, true", "car-*, car-70, true",
        "car-*, bus-7, false", "*, any, true", "c.r, car, false", "'', '', true", "'', car, false",
    })
    void givenATokensVehicle_whenItReportsForAnother_thenThePatternDecides(String own, String other, boolean may) {
        Tokens.Holder holder = new Tokens.Holder("n", Role.READER, own);

        assertThat(holder.reportsFor(other)).isEqualTo(may);
    }

    @Test
    void givenATokenFileWithoutVehicles_whenRead_thenAReaderReportsUnderItsNameAndAnAdminUnderAny(@TempDir Path folder)
            throws Exception {
        String token = Tokens.add(folder.resolve("tokens.json"), "car-7", Role.READER);
        String old = Files.readString(folder.resolve("tokens.json")).replaceAll("\"vehicle\" : \"car-7\",", "");

        Tokens tokens = Tokens.read(Files.writeString(folder.resolve("tokens.json"), old));

        assertThat(old).doesNotContain("vehicle");
        assertThat(tokens.holder(token)).contains(new Tokens.Holder("car-7", Role.READER, "car-7"));
        String ops = Tokens.add(folder.resolve("tokens.json"), "ops", Role.ADMIN);
        assertThat(Tokens.read(folder.resolve("tokens.json")).holder(ops))
                .contains(new Tokens.Holder("ops", Role.ADMIN, "*"));
    }

    private HttpResponse<String> report(String of, String token, String vehicle, long version) throws Exception {
        return served.send(
                "POST",
                "/v1/models/" + of + "/reports",
                token,
                "{\"vehicle\":\"" + vehicle + "\",\"version\":" + version
                        + ",\"metric\":\"agreement\",\"value\":0.4,\"least\":0.8}");
    }
}
