// swift-format-ignore-file
// The description of the routes, made of openapi.json by embed.py: change these. Not here: who serves it.

/// What the server answers, for tools that read OpenAPI 3.1.
enum OpenAPI {
    /// The description as JSON, in UTF-8.
    static let text: String = #"""
        {"openapi":"3.1.0"\#
        ,"info":{"title":"Adze","version":"0.1.0","description":"Answers of text classifiers, rerankers and sentence e\#
        ncoders, bit for bit those of adze predict, rerank and embed. Members that a request does not have here are ig\#
        nored, and null counts as absent.","license":{"name":"Apache-2.0","identifier":"Apache-2.0"}}\#
        ,"servers":[{"url":"/"}]\#
        ,"security":[{},{"bearer":[]}]\#
        ,"tags":[{"name":"text-embeddings-inference"},{"name":"Open Inference Protocol"},{"name":"KServe"},{"name":"Op\#
        enAI"},{"name":"operation"}]\#
        ,"paths":{"/":{"get":{"operationId":"page","summary":"A page to try the models","tags":["operation"],"security\#
        ":[],"responses":{"200":{"description":"The answer.","content":{"text/html":{"schema":{"type":"string"}}}}}},"\#
        post":{"operationId":"ask","summary":"What the model is for: predict, rerank or embed, of the first model","ta\#
        gs":["text-embeddings-inference"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$re\#
        f":"#/components/schemas/AnyRequest"}}}},"responses":{"200":{"description":"The answer.","headers":{"x-adze-mo\#
        del":{"$ref":"#/components/headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-\#
        compute-tokens":{"$ref":"#/components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"\#
        },"x-inference-time":{"$ref":"#/components/headers/InferenceTime"}},"content":{"application/json":{"schema":{"\#
        $ref":"#/components/schemas/AnyAnswer"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"413":{"$re\#
        f":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":{"$ref":"#/c\#
        omponents/responses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#/compone\#
        nts/responses/TEIUnready"}}}}\#
        ,"/predict":{"post":{"operationId":"predict","summary":"Labels of texts and pairs, of the first model","tags":\#
        ["text-embeddings-inference"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"\#
        #/components/schemas/PredictRequest"}}}},"responses":{"200":{"description":"The answer.","headers":{"x-adze-mo\#
        del":{"$ref":"#/components/headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-\#
        compute-tokens":{"$ref":"#/components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"\#
        },"x-inference-time":{"$ref":"#/components/headers/InferenceTime"}},"content":{"application/json":{"schema":{"\#
        $ref":"#/components/schemas/Predictions"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"413":{"$\#
        ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":{"$ref":"#\#
        /components/responses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#/compo\#
        nents/responses/TEIUnready"}}}}\#
        ,"/rerank":{"post":{"operationId":"rerank","summary":"Texts in the order of their scores for a query, of the f\#
        irst model","tags":["text-embeddings-inference"],"requestBody":{"required":true,"content":{"application/json":\#
        {"schema":{"$ref":"#/components/schemas/RerankRequest"}}}},"responses":{"200":{"description":"The answer.","he\#
        aders":{"x-adze-model":{"$ref":"#/components/headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/heade\#
        rs/ModelHash"},"x-compute-tokens":{"$ref":"#/components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/\#
        headers/QueueTime"},"x-inference-time":{"$ref":"#/components/headers/InferenceTime"}},"content":{"application/\#
        json":{"schema":{"$ref":"#/components/schemas/Ranking"}}}},"401":{"$ref":"#/components/responses/TEIUnauthoriz\#
        ed"},"413":{"$ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"4\#
        24":{"$ref":"#/components/responses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"\#
        $ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/embed":{"post":{"operationId":"embed","summary":"Sentence vectors, of the first model","tags":["text-embedd\#
        ings-inference"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/\#
        schemas/EmbedRequest"}}}},"responses":{"200":{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#\#
        /components/headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens"\#
        :{"$ref":"#/components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-\#
        time":{"$ref":"#/components/headers/InferenceTime"}},"content":{"application/json":{"schema":{"$ref":"#/compon\#
        ents/schemas/Vectors"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"413":{"$ref":"#/components/\#
        responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":{"$ref":"#/components/respons\#
        es/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#/components/responses/TEI\#
        Unready"}}}}\#
        ,"/embed_sparse":{"post":{"operationId":"embedSparse","summary":"Sparse vectors, which no model here makes: al\#
        ways an error","tags":["text-embeddings-inference"],"requestBody":{"required":true,"content":{"application/jso\#
        n":{"schema":{}}}},"responses":{"401":{"$ref":"#/components/responses/TEIUnauthorized"},"413":{"$ref":"#/compo\#
        nents/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":{"$ref":"#/components/r\#
        esponses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"}}}}\#
        ,"/tokenize":{"post":{"operationId":"tokenize","summary":"Tokens of texts, of the first model","tags":["text-e\#
        mbeddings-inference"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/compon\#
        ents/schemas/TokenizeRequest"}}}},"responses":{"200":{"description":"The answer.","content":{"application/json\#
        ":{"schema":{"$ref":"#/components/schemas/Tokens"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},\#
        "413":{"$ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"429":{\#
        "$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/info":{"get":{"operationId":"info","summary":"Facts of the first model","tags":["text-embeddings-inference"\#
        ],"responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":{"$ref":"#/component\#
        s/schemas/Info"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"429":{"$ref":"#/components/respon\#
        ses/TEIOverloaded"},"503":{"$ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/models/{model}":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"askOf","sum\#
        mary":"What the model is for: predict, rerank or embed, of a model","tags":["text-embeddings-inference"],"requ\#
        estBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/AnyRequest"}}}\#
        },"responses":{"200":{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/components/headers/Mode\#
        l"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":"#/components/h\#
        eaders/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$ref":"#/compone\#
        nts/headers/InferenceTime"}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/AnyAnswer"}\#
        }}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"404":{"$ref":"#/components/responses/TEIUnknown"}\#
        ,"413":{"$ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":\#
        {"$ref":"#/components/responses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref\#
        ":"#/components/responses/TEIUnready"}}}}\#
        ,"/models/{model}/predict":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"pre\#
        dictOf","summary":"Labels of texts and pairs, of a model","tags":["text-embeddings-inference"],"requestBody":{\#
        "required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/PredictRequest"}}}},"res\#
        ponses":{"200":{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/components/headers/Model"},"x\#
        -adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":"#/components/headers\#
        /Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$ref":"#/components/he\#
        aders/InferenceTime"}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Predictions"}}}},\#
        "401":{"$ref":"#/components/responses/TEIUnauthorized"},"404":{"$ref":"#/components/responses/TEIUnknown"},"41\#
        3":{"$ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":{"$r\#
        ef":"#/components/responses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#\#
        /components/responses/TEIUnready"}}}}\#
        ,"/models/{model}/rerank":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"rera\#
        nkOf","summary":"Texts in the order of their scores for a query, of a model","tags":["text-embeddings-inferenc\#
        e"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Reran\#
        kRequest"}}}},"responses":{"200":{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/components/\#
        headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":"#/\#
        components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$ref\#
        ":"#/components/headers/InferenceTime"}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas\#
        /Ranking"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"404":{"$ref":"#/components/responses/TE\#
        IUnknown"},"413":{"$ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvali\#
        d"},"424":{"$ref":"#/components/responses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"5\#
        03":{"$ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/models/{model}/embed":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"embed\#
        Of","summary":"Sentence vectors, of a model","tags":["text-embeddings-inference"],"requestBody":{"required":tr\#
        ue,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/EmbedRequest"}}}},"responses":{"200":\#
        {"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/components/headers/Model"},"x-adze-model-sha\#
        256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":"#/components/headers/Tokens"},"x-qu\#
        eue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$ref":"#/components/headers/Inference\#
        Time"}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Vectors"}}}},"401":{"$ref":"#/co\#
        mponents/responses/TEIUnauthorized"},"404":{"$ref":"#/components/responses/TEIUnknown"},"413":{"$ref":"#/compo\#
        nents/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"424":{"$ref":"#/components/r\#
        esponses/TEIFailed"},"429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#/components/respons\#
        es/TEIUnready"}}}}\#
        ,"/models/{model}/embed_sparse":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId"\#
        :"embedSparseOf","summary":"Sparse vectors, which no model here makes: always an error","tags":["text-embeddin\#
        gs-inference"],"requestBody":{"required":true,"content":{"application/json":{"schema":{}}}},"responses":{"401"\#
        :{"$ref":"#/components/responses/TEIUnauthorized"},"413":{"$ref":"#/components/responses/TEITooLarge"},"422":{\#
        "$ref":"#/components/responses/TEIInvalid"},"424":{"$ref":"#/components/responses/TEIFailed"},"429":{"$ref":"#\#
        /components/responses/TEIOverloaded"}}}}\#
        ,"/models/{model}/tokenize":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"to\#
        kenizeOf","summary":"Tokens of texts, of a model","tags":["text-embeddings-inference"],"requestBody":{"require\#
        d":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/TokenizeRequest"}}}},"responses"\#
        :{"200":{"description":"The answer.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Tok\#
        ens"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"404":{"$ref":"#/components/responses/TEIUnkn\#
        own"},"413":{"$ref":"#/components/responses/TEITooLarge"},"422":{"$ref":"#/components/responses/TEIInvalid"},"\#
        429":{"$ref":"#/components/responses/TEIOverloaded"},"503":{"$ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/models/{model}/info":{"parameters":[{"$ref":"#/components/parameters/Model"}],"get":{"operationId":"infoOf"\#
        ,"summary":"Facts of a model","tags":["text-embeddings-inference"],"responses":{"200":{"description":"The answ\#
        er.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Info"}}}},"401":{"$ref":"#/componen\#
        ts/responses/TEIUnauthorized"},"404":{"$ref":"#/components/responses/TEIUnknown"},"429":{"$ref":"#/components/\#
        responses/TEIOverloaded"},"503":{"$ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/v2":{"get":{"operationId":"server","summary":"The server's name, version and extensions","tags":["Open Infe\#
        rence Protocol"],"responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":{"$re\#
        f":"#/components/schemas/Server"}}}},"401":{"$ref":"#/components/responses/InferenceUnauthorized"},"429":{"$re\#
        f":"#/components/responses/InferenceOverloaded"}}}}\#
        ,"/v2/health/live":{"get":{"operationId":"live","summary":"Whether the server runs","tags":["Open Inference Pr\#
        otocol"],"security":[],"responses":{"200":{"description":"The answer.","content":{"application/json":{"schema"\#
        :{"type":"object","required":["live"],"properties":{"live":{"const":true}},"additionalProperties":false}}}}}}}\#
        ,"/v2/health/ready":{"get":{"operationId":"ready","summary":"Whether all models are there","tags":["Open Infer\#
        ence Protocol"],"security":[],"responses":{"200":{"description":"The answer.","content":{"application/json":{"\#
        schema":{"type":"object","required":["ready"],"properties":{"ready":{"const":true}},"additionalProperties":fal\#
        se}}}},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v2/models/{model}":{"parameters":[{"$ref":"#/components/parameters/Model"}],"get":{"operationId":"metadata"\#
        ,"summary":"A model's inputs and outputs","tags":["Open Inference Protocol"],"responses":{"200":{"description"\#
        :"The answer.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/ModelMetadata"}}}},"401":\#
        {"$ref":"#/components/responses/InferenceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnknown\#
        "},"429":{"$ref":"#/components/responses/InferenceOverloaded"},"503":{"$ref":"#/components/responses/Inference\#
        Unready"}}}}\#
        ,"/v2/models/{model}/ready":{"parameters":[{"$ref":"#/components/parameters/Model"}],"get":{"operationId":"mod\#
        elReady","summary":"Whether a model is there","tags":["Open Inference Protocol"],"responses":{"200":{"descript\#
        ion":"The answer.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/NameAndReady"}}}},"40\#
        1":{"$ref":"#/components/responses/InferenceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnkn\#
        own"},"429":{"$ref":"#/components/responses/InferenceOverloaded"},"503":{"$ref":"#/components/responses/Infere\#
        nceUnready"}}}}\#
        ,"/v2/models/{model}/infer":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"in\#
        fer","summary":"Labels, scores and logits, or vectors; tensors as JSON, not binary","tags":["Open Inference Pr\#
        otocol"],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/\#
        InferRequest"}}}},"responses":{"200":{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/compone\#
        nts/headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref"\#
        :"#/components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"\#
        $ref":"#/components/headers/InferenceTime"}},"content":{"application/json":{"schema":{"$ref":"#/components/sch\#
        emas/InferAnswer"}}}},"400":{"$ref":"#/components/responses/InferenceInvalid"},"401":{"$ref":"#/components/res\#
        ponses/InferenceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnknown"},"413":{"$ref":"#/compo\#
        nents/responses/InferenceTooLarge"},"429":{"$ref":"#/components/responses/InferenceOverloaded"},"500":{"$ref":\#
        "#/components/responses/InferenceFailed"},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v2/models/{model}/versions/{version}":{"parameters":[{"$ref":"#/components/parameters/Model"},{"$ref":"#/co\#
        mponents/parameters/Version"}],"get":{"operationId":"metadataOfVersion","summary":"A model's inputs and output\#
        s","tags":["Open Inference Protocol"],"responses":{"200":{"description":"The answer.","content":{"application/\#
        json":{"schema":{"$ref":"#/components/schemas/ModelMetadata"}}}},"401":{"$ref":"#/components/responses/Inferen\#
        ceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnknown"},"429":{"$ref":"#/components/response\#
        s/InferenceOverloaded"},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v2/models/{model}/versions/{version}/ready":{"parameters":[{"$ref":"#/components/parameters/Model"},{"$ref"\#
        :"#/components/parameters/Version"}],"get":{"operationId":"modelReadyOfVersion","summary":"Whether a model is \#
        there","tags":["Open Inference Protocol"],"responses":{"200":{"description":"The answer.","content":{"applicat\#
        ion/json":{"schema":{"$ref":"#/components/schemas/NameAndReady"}}}},"401":{"$ref":"#/components/responses/Infe\#
        renceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnknown"},"429":{"$ref":"#/components/respo\#
        nses/InferenceOverloaded"},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v2/models/{model}/versions/{version}/infer":{"parameters":[{"$ref":"#/components/parameters/Model"},{"$ref"\#
        :"#/components/parameters/Version"}],"post":{"operationId":"inferOfVersion","summary":"Labels, scores and logi\#
        ts, or vectors; tensors as JSON, not binary","tags":["Open Inference Protocol"],"requestBody":{"required":true\#
        ,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/InferRequest"}}}},"responses":{"200":{"\#
        description":"The answer.","headers":{"x-adze-model":{"$ref":"#/components/headers/Model"},"x-adze-model-sha25\#
        6":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":"#/components/headers/Tokens"},"x-queu\#
        e-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$ref":"#/components/headers/InferenceTi\#
        me"}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/InferAnswer"}}}},"400":{"$ref":"#/\#
        components/responses/InferenceInvalid"},"401":{"$ref":"#/components/responses/InferenceUnauthorized"},"404":{"\#
        $ref":"#/components/responses/InferenceUnknown"},"413":{"$ref":"#/components/responses/InferenceTooLarge"},"42\#
        9":{"$ref":"#/components/responses/InferenceOverloaded"},"500":{"$ref":"#/components/responses/InferenceFailed\#
        "},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v2/repository/index":{"post":{"operationId":"index","summary":"The models that the server was started with,\#
         and whether they are there","tags":["Open Inference Protocol"],"requestBody":{"required":false,"content":{"ap\#
        plication/json":{"schema":{"description":"Any JSON, or none: nothing is read of it."}}}},"responses":{"200":{"\#
        description":"The answer.","content":{"application/json":{"schema":{"type":"array","items":{"$ref":"#/componen\#
        ts/schemas/IndexEntry"}}}}},"400":{"$ref":"#/components/responses/InferenceInvalid"},"401":{"$ref":"#/componen\#
        ts/responses/InferenceUnauthorized"},"413":{"$ref":"#/components/responses/InferenceTooLarge"},"429":{"$ref":"\#
        #/components/responses/InferenceOverloaded"}}}}\#
        ,"/v2/repository/models/{model}/load":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operat\#
        ionId":"load","summary":"Loads a model again from where the server was started with it","tags":["Open Inferenc\#
        e Protocol"],"requestBody":{"required":false,"content":{"application/json":{"schema":{"description":"Any JSON,\#
         or none: nothing is read of it."}}}},"responses":{"200":{"description":"The answer.","content":{"application/\#
        json":{"schema":{"type":"object","maxProperties":0}}}},"400":{"$ref":"#/components/responses/InferenceInvalid"\#
        },"401":{"$ref":"#/components/responses/InferenceUnauthorized"},"404":{"$ref":"#/components/responses/Inferenc\#
        eUnknown"},"413":{"$ref":"#/components/responses/InferenceTooLarge"},"429":{"$ref":"#/components/responses/Inf\#
        erenceOverloaded"},"500":{"$ref":"#/components/responses/InferenceFailed"}}}}\#
        ,"/v2/repository/models/{model}/unload":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"oper\#
        ationId":"unload","summary":"Takes a model away","tags":["Open Inference Protocol"],"requestBody":{"required":\#
        false,"content":{"application/json":{"schema":{"description":"Any JSON, or none: nothing is read of it."}}}},"\#
        responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":{"type":"object","maxPr\#
        operties":0}}}},"400":{"$ref":"#/components/responses/InferenceInvalid"},"401":{"$ref":"#/components/responses\#
        /InferenceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnknown"},"413":{"$ref":"#/components/\#
        responses/InferenceTooLarge"},"429":{"$ref":"#/components/responses/InferenceOverloaded"},"503":{"$ref":"#/com\#
        ponents/responses/InferenceUnready"}}}}\#
        ,"/v1/models/{model}":{"parameters":[{"$ref":"#/components/parameters/Model"}],"get":{"operationId":"modelRead\#
        yV1","summary":"Whether a model is there","tags":["KServe"],"responses":{"200":{"description":"The answer.","c\#
        ontent":{"application/json":{"schema":{"$ref":"#/components/schemas/NameAndReady"}}}},"401":{"$ref":"#/compone\#
        nts/responses/InferenceUnauthorized"},"404":{"$ref":"#/components/responses/InferenceUnknown"},"429":{"$ref":"\#
        #/components/responses/InferenceOverloaded"},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v1/models/{model}:predict":{"parameters":[{"$ref":"#/components/parameters/Model"}],"post":{"operationId":"\#
        predictV1","summary":"Labels of texts and pairs, or vectors","tags":["KServe"],"requestBody":{"required":true,\#
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/PredictV1Request"}}}},"responses":{"200"\#
        :{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/components/headers/Model"},"x-adze-model-sh\#
        a256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":"#/components/headers/Tokens"},"x-q\#
        ueue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$ref":"#/components/headers/Inferenc\#
        eTime"}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/PredictV1Answer"}}}},"400":{"$r\#
        ef":"#/components/responses/InferenceInvalid"},"401":{"$ref":"#/components/responses/InferenceUnauthorized"},"\#
        404":{"$ref":"#/components/responses/InferenceUnknown"},"413":{"$ref":"#/components/responses/InferenceTooLarg\#
        e"},"429":{"$ref":"#/components/responses/InferenceOverloaded"},"500":{"$ref":"#/components/responses/Inferenc\#
        eFailed"},"503":{"$ref":"#/components/responses/InferenceUnready"}}}}\#
        ,"/v1/models":{"get":{"operationId":"models","summary":"The models, as OpenAI and as KServe list them","tags":\#
        ["OpenAI"],"responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":{"$ref":"#/\#
        components/schemas/ModelList"}}}},"401":{"$ref":"#/components/responses/OpenAIUnauthorized"},"429":{"$ref":"#/\#
        components/responses/OpenAIOverloaded"}}}}\#
        ,"/v1/embeddings":{"post":{"operationId":"embeddings","summary":"Sentence vectors of length 1","tags":["OpenAI\#
        "],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Embedd\#
        ingsRequest"}}}},"responses":{"200":{"description":"The answer.","headers":{"x-adze-model":{"$ref":"#/componen\#
        ts/headers/Model"},"x-adze-model-sha256":{"$ref":"#/components/headers/ModelHash"},"x-compute-tokens":{"$ref":\#
        "#/components/headers/Tokens"},"x-queue-time":{"$ref":"#/components/headers/QueueTime"},"x-inference-time":{"$\#
        ref":"#/components/headers/InferenceTime"}},"content":{"application/json":{"schema":{"$ref":"#/components/sche\#
        mas/Embeddings"}}}},"400":{"$ref":"#/components/responses/OpenAIInvalid"},"401":{"$ref":"#/components/response\#
        s/OpenAIUnauthorized"},"404":{"$ref":"#/components/responses/OpenAIUnknown"},"413":{"$ref":"#/components/respo\#
        nses/OpenAITooLarge"},"429":{"$ref":"#/components/responses/OpenAIOverloaded"},"500":{"$ref":"#/components/res\#
        ponses/OpenAIFailed"},"503":{"$ref":"#/components/responses/OpenAIUnready"}}}}\#
        ,"/health":{"get":{"operationId":"health","summary":"Whether all models are there","tags":["operation"],"secur\#
        ity":[],"responses":{"200":{"description":"The answer.","content":{"text/plain":{"schema":{"type":"string","ma\#
        xLength":0}}}},"503":{"$ref":"#/components/responses/TEIUnready"}}}}\#
        ,"/metrics":{"get":{"operationId":"metrics","summary":"Counts and times, for Prometheus","tags":["operation"],\#
        "responses":{"200":{"description":"The answer.","content":{"text/plain":{"schema":{"type":"string"}},"applicat\#
        ion/openmetrics-text":{"schema":{"type":"string"}}}},"401":{"$ref":"#/components/responses/TEIUnauthorized"},"\#
        429":{"$ref":"#/components/responses/TEIOverloaded"}}}}\#
        ,"/openapi.json":{"get":{"operationId":"description","summary":"This description","tags":["operation"],"securi\#
        ty":[],"responses":{"200":{"description":"The answer.","content":{"application/json":{"schema":{"type":"object\#
        "}}}}}}}\#
        }\#
        ,"components":{"securitySchemes":{"bearer":{"type":"http","scheme":"bearer","description":"Asked for where the\#
         server was started with --api-key-file."}\#
        },"parameters":{"Model":{"name":"model","in":"path","required":true,"description":"The name that the server wa\#
        s started with for the model.","schema":{"type":"string","minLength":1,"maxLength":200}}\#
        ,"Version":{"name":"version","in":"path","required":true,"schema":{"const":"1"}}\#
        },"headers":{"RetryAfter":{"description":"Seconds.","required":true,"schema":{"type":"integer","minimum":1}}\#
        ,"RetryLater":{"description":"Seconds; where the request waited too long.","schema":{"type":"integer","minimum\#
        ":1}}\#
        ,"Model":{"description":"The model that answered, what is not visible ASCII as %XX.","required":true,"schema":\#
        {"type":"string"}}\#
        ,"ModelHash":{"description":"Its SHA-256.","required":true,"schema":{"$ref":"#/components/schemas/Hash"}}\#
        ,"Tokens":{"description":"Tokens that were run.","required":true,"schema":{"type":"integer","minimum":0}}\#
        ,"QueueTime":{"description":"Milliseconds that the request waited for its pass.","required":true,"schema":{"ty\#
        pe":"integer","minimum":0}}\#
        ,"InferenceTime":{"description":"Milliseconds that its pass took.","required":true,"schema":{"type":"integer",\#
        "minimum":0}}\#
        },"responses":{"InferenceFailed":{"description":"The model failed.","content":{"application/json":{"schema":{"\#
        $ref":"#/components/schemas/InferenceError"}}}}\#
        ,"InferenceInvalid":{"description":"The request is wrong in itself. The model is no such model.","content":{"a\#
        pplication/json":{"schema":{"$ref":"#/components/schemas/InferenceError"}}}}\#
        ,"InferenceOverloaded":{"description":"More requests are being answered than the server takes.","headers":{"Re\#
        try-After":{"$ref":"#/components/headers/RetryAfter"}},"content":{"application/json":{"schema":{"$ref":"#/comp\#
        onents/schemas/InferenceError"}}}}\#
        ,"InferenceTooLarge":{"description":"The body, or a list in it, or a text that is not to be cut off, is larger\#
         than what is taken.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/InferenceError"}}}\#
        }\#
        ,"InferenceUnauthorized":{"description":"The server has a key, and the request lacks it.","headers":{"WWW-Auth\#
        enticate":{"schema":{"const":"Bearer"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas\#
        /InferenceError"}}}}\#
        ,"InferenceUnknown":{"description":"No model has the name.","content":{"application/json":{"schema":{"$ref":"#\#
        /components/schemas/InferenceError"}}}}\#
        ,"InferenceUnready":{"description":"Models are being loaded or gone, the server is ending, or the request wait\#
        ed too long.","headers":{"Retry-After":{"$ref":"#/components/headers/RetryLater"}},"content":{"application/jso\#
        n":{"schema":{"$ref":"#/components/schemas/InferenceError"}}}}\#
        ,"OpenAIFailed":{"description":"The model failed.","content":{"application/json":{"schema":{"$ref":"#/componen\#
        ts/schemas/OpenAIError"}}}}\#
        ,"OpenAIInvalid":{"description":"The request is wrong in itself. The model is no such model.","content":{"appl\#
        ication/json":{"schema":{"$ref":"#/components/schemas/OpenAIError"}}}}\#
        ,"OpenAIOverloaded":{"description":"More requests are being answered than the server takes.","headers":{"Retry\#
        -After":{"$ref":"#/components/headers/RetryAfter"}},"content":{"application/json":{"schema":{"$ref":"#/compone\#
        nts/schemas/OpenAIError"}}}}\#
        ,"OpenAITooLarge":{"description":"The body, or a list in it, or a text that is not to be cut off, is larger th\#
        an what is taken.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/OpenAIError"}}}}\#
        ,"OpenAIUnauthorized":{"description":"The server has a key, and the request lacks it.","headers":{"WWW-Authent\#
        icate":{"schema":{"const":"Bearer"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Op\#
        enAIError"}}}}\#
        ,"OpenAIUnknown":{"description":"No model has the name.","content":{"application/json":{"schema":{"$ref":"#/co\#
        mponents/schemas/OpenAIError"}}}}\#
        ,"OpenAIUnready":{"description":"Models are being loaded or gone, the server is ending, or the request waited \#
        too long.","headers":{"Retry-After":{"$ref":"#/components/headers/RetryLater"}},"content":{"application/json":\#
        {"schema":{"$ref":"#/components/schemas/OpenAIError"}}}}\#
        ,"TEIFailed":{"description":"The model failed, or does not do what is asked.","content":{"application/json":{"\#
        schema":{"$ref":"#/components/schemas/TEIError"}}}}\#
        ,"TEIInvalid":{"description":"The request is wrong in itself.","content":{"application/json":{"schema":{"$ref"\#
        :"#/components/schemas/TEIError"}}}}\#
        ,"TEIOverloaded":{"description":"More requests are being answered than the server takes.","headers":{"Retry-Af\#
        ter":{"$ref":"#/components/headers/RetryAfter"}},"content":{"application/json":{"schema":{"$ref":"#/components\#
        /schemas/TEIError"}}}}\#
        ,"TEITooLarge":{"description":"The body, or a list in it, or a text that is not to be cut off, is larger than \#
        what is taken.","content":{"application/json":{"schema":{"$ref":"#/components/schemas/TEIError"}}}}\#
        ,"TEIUnauthorized":{"description":"The server has a key, and the request lacks it.","headers":{"WWW-Authentica\#
        te":{"schema":{"const":"Bearer"}}},"content":{"application/json":{"schema":{"$ref":"#/components/schemas/TEIEr\#
        ror"}}}}\#
        ,"TEIUnknown":{"description":"No model has the name.","content":{"application/json":{"schema":{"$ref":"#/compo\#
        nents/schemas/TEIError"}}}}\#
        ,"TEIUnready":{"description":"Models are being loaded or gone, the server is ending, or the request waited too\#
         long.","headers":{"Retry-After":{"$ref":"#/components/headers/RetryLater"}},"content":{"application/json":{"s\#
        chema":{"$ref":"#/components/schemas/TEIError"}}}}\#
        },"schemas":{"Texts":{"description":"A text, or a list of them: at most 32, or what --max-texts and max_client\#
        _batch_size of info say.","oneOf":[{"type":"string"},{"type":"array","minItems":1,"maxItems":32,"items":{"type\#
        ":"string"}}]}\#
        ,"Sequence":{"description":"A text, a list of one text, or a pair.","oneOf":[{"type":"string"},{"type":"array"\#
        ,"minItems":1,"maxItems":2,"items":{"type":"string"}}]}\#
        ,"PredictRequest":{"type":"object","required":["inputs"],"properties":{"inputs":{"description":"\"a\" is a tex\#
        t, [\"a\", \"b\"] a pair, [[\"a\"], [\"b\", \"c\"]] a list of texts and pairs; a list that holds no list is on\#
        e text or pair.","oneOf":[{"type":"string"},{"type":"array","minItems":1,"maxItems":2,"items":{"type":"string"\#
        }},{"type":"array","minItems":1,"maxItems":32,"items":{"$ref":"#/components/schemas/Sequence"},"contains":{"ty\#
        pe":"array"}}]},"raw_scores":{"type":["boolean","null"],"default":false,"description":"Whether scores are logi\#
        ts."},"truncate":{"type":["boolean","null"],"default":true,"description":"Whether a text that is too long is c\#
        ut off; false answers it with 413."},"truncation_direction":{"type":["string","null"],"pattern":"^[Rr][Ii][Gg]\#
        [Hh][Tt]$","description":"Only right."}}}\#
        ,"Prediction":{"type":"array","description":"Every label of a text, the best first.","items":{"$ref":"#/compon\#
        ents/schemas/Score"}}\#
        ,"Predictions":{"description":"Of one text or pair its labels; of a list a list of them.","oneOf":[{"type":"ar\#
        ray","minItems":1,"items":{"$ref":"#/components/schemas/Score"}},{"type":"array","minItems":1,"items":{"$ref":\#
        "#/components/schemas/Prediction"}}]}\#
        ,"Score":{"type":"object","required":["score","label"],"properties":{"score":{"type":"number"},"label":{"type"\#
        :"string"}},"additionalProperties":false}\#
        ,"RerankRequest":{"type":"object","required":["query","texts"],"properties":{"query":{"type":"string"},"texts"\#
        :{"$ref":"#/components/schemas/Texts"},"raw_scores":{"type":["boolean","null"],"default":false,"description":"\#
        Whether scores are logits."},"return_text":{"type":["boolean","null"],"default":false,"description":"Whether t\#
        he texts come back."},"truncate":{"type":["boolean","null"],"default":true,"description":"Whether a text that \#
        is too long is cut off; false answers it with 413."},"truncation_direction":{"type":["string","null"],"pattern\#
        ":"^[Rr][Ii][Gg][Hh][Tt]$","description":"Only right."}}}\#
        ,"Ranking":{"type":"array","description":"The best text first.","items":{"type":"object","required":["index","\#
        score"],"properties":{"index":{"type":"integer","minimum":0},"text":{"type":"string"},"score":{"type":"number"\#
        }},"additionalProperties":false}}\#
        ,"EmbedRequest":{"type":"object","required":["inputs"],"properties":{"inputs":{"$ref":"#/components/schemas/Te\#
        xts"},"normalize":{"type":["boolean","null"],"default":true,"description":"Whether vectors are scaled to lengt\#
        h 1."},"truncate":{"type":["boolean","null"],"default":true,"description":"Whether a text that is too long is \#
        cut off; false answers it with 413."},"truncation_direction":{"type":["string","null"],"pattern":"^[Rr][Ii][Gg\#
        ][Hh][Tt]$","description":"Only right."},"prompt_name":{"type":"null","description":"Not supported."},"dimensi\#
        ons":{"type":["integer","null"],"minimum":1,"description":"Only the model's own number."}}}\#
        ,"Vectors":{"type":"array","description":"A vector a text.","items":{"type":"array","items":{"type":"number"}}\#
        }\#
        ,"TokenizeRequest":{"type":"object","required":["inputs"],"properties":{"inputs":{"$ref":"#/components/schemas\#
        /Texts"},"add_special_tokens":{"type":["boolean","null"],"default":true,"description":"Whether the frame's tok\#
        ens are among them."},"prompt_name":{"type":"null","description":"Not supported."}}}\#
        ,"Tokens":{"type":"array","description":"The tokens of each text, none cut off.","items":{"type":"array","item\#
        s":{"$ref":"#/components/schemas/Token"}}}\#
        ,"Token":{"type":"object","required":["id","text","special","start","stop"],"properties":{"id":{"type":"intege\#
        r","minimum":0},"text":{"type":"string","description":"As the vocabulary has it."},"special":{"type":"boolean"\#
        },"start":{"type":["integer","null"],"minimum":0,"description":"Unicode scalars of the text; null for the fram\#
        e's tokens."},"stop":{"type":["integer","null"],"minimum":0}},"additionalProperties":false}\#
        ,"AnyRequest":{"description":"What the model is for decides which.","anyOf":[{"$ref":"#/components/schemas/Pre\#
        dictRequest"},{"$ref":"#/components/schemas/RerankRequest"},{"$ref":"#/components/schemas/EmbedRequest"}]}\#
        ,"AnyAnswer":{"anyOf":[{"$ref":"#/components/schemas/Predictions"},{"$ref":"#/components/schemas/Ranking"},{"$\#
        ref":"#/components/schemas/Vectors"}]}\#
        ,"Labels":{"type":"object","required":["id2label","label2id"],"properties":{"id2label":{"type":"object","addit\#
        ionalProperties":{"type":"string"}},"label2id":{"type":"object","additionalProperties":{"type":"integer","mini\#
        mum":0}}},"additionalProperties":false}\#
        ,"Info":{"type":"object","required":["model_id","model_sha","model_dtype","model_type","max_concurrent_request\#
        s","max_input_length","max_batch_tokens","max_batch_requests","max_client_batch_size","auto_truncate","tokeniz\#
        ation_workers","version","sha","docker_label","notes"],"properties":{"model_id":{"type":"string"},"model_sha":\#
        {"$ref":"#/components/schemas/Hash"},"model_dtype":{"enum":["int8","fp32"]},"model_type":{"oneOf":[{"type":"ob\#
        ject","required":["classifier"],"properties":{"classifier":{"$ref":"#/components/schemas/Labels"}},"additional\#
        Properties":false},{"type":"object","required":["reranker"],"properties":{"reranker":{"$ref":"#/components/sch\#
        emas/Labels"}},"additionalProperties":false},{"type":"object","required":["embedding"],"properties":{"embeddin\#
        g":{"type":"object","required":["pooling"],"properties":{"pooling":{"type":"string"}},"additionalProperties":f\#
        alse}},"additionalProperties":false}]},"max_concurrent_requests":{"type":"integer","minimum":1},"max_input_len\#
        gth":{"type":"integer","minimum":1},"max_batch_tokens":{"type":"integer","minimum":1},"max_batch_requests":{"t\#
        ype":"null"},"max_client_batch_size":{"type":"integer","minimum":1},"auto_truncate":{"const":true},"tokenizati\#
        on_workers":{"type":"integer","minimum":1},"version":{"type":"string"},"sha":{"type":"null"},"docker_label":{"\#
        type":"null"},"notes":{"type":"array","items":{"type":"string"},"description":"What a user of the model should\#
         hear of."}},"additionalProperties":false}\#
        ,"Hash":{"type":"string","pattern":"^[0-9a-f]{64}$","description":"SHA-256 of the model's file; of a folder th\#
        at of the list which sha256sum prints."}\#
        ,"TEIError":{"type":"object","required":["error","error_type"],"properties":{"error":{"type":"string"},"error_\#
        type":{"enum":["Validation","NotFound","Backend","Overloaded","Unhealthy","Unauthorized"]}},"additionalPropert\#
        ies":false}\#
        ,"InferenceError":{"type":"object","required":["error"],"properties":{"error":{"type":"string"},"error_type":{\#
        "const":"Unauthorized"}},"additionalProperties":false}\#
        ,"OpenAIError":{"type":"object","required":["error"],"properties":{"error":{"type":"object","required":["messa\#
        ge","type"],"properties":{"message":{"type":"string"},"type":{"enum":["invalid_request_error","rate_limit_erro\#
        r","server_error"]},"param":{"type":"null"},"code":{"type":"null"}},"additionalProperties":false}},"additional\#
        Properties":false}\#
        ,"Server":{"type":"object","required":["name","version","extensions"],"properties":{"name":{"const":"adze"},"v\#
        ersion":{"type":"string"},"extensions":{"type":"array","items":{"type":"string"}}},"additionalProperties":fals\#
        e}\#
        ,"TensorMetadata":{"type":"object","required":["name","datatype","shape"],"properties":{"name":{"type":"string\#
        "},"datatype":{"enum":["BYTES","FP32","FP64"]},"shape":{"type":"array","items":{"type":"integer","minimum":-1}\#
        }},"additionalProperties":false}\#
        ,"ModelMetadata":{"type":"object","required":["name","versions","platform","inputs","outputs","sha256","labels\#
        "],"properties":{"name":{"type":"string"},"versions":{"const":["1"]},"platform":{"type":"string"},"inputs":{"t\#
        ype":"array","items":{"$ref":"#/components/schemas/TensorMetadata"}},"outputs":{"type":"array","items":{"$ref"\#
        :"#/components/schemas/TensorMetadata"}},"sha256":{"$ref":"#/components/schemas/Hash"},"labels":{"type":"array\#
        ","items":{"type":"string"}}},"additionalProperties":false}\#
        ,"NameAndReady":{"type":"object","required":["name","ready"],"properties":{"name":{"type":"string"},"ready":{"\#
        const":true}},"additionalProperties":false}\#
        ,"InputTensor":{"type":"object","required":["name","datatype","shape","data"],"properties":{"name":{"type":"st\#
        ring","description":"Of a classifier text and perhaps text_pair, of a reranker query and text, of an encoder t\#
        ext; each once."},"datatype":{"const":"BYTES"},"shape":{"type":"array","items":{"type":"integer","minimum":0},\#
        "description":"Its product is the number of texts: 1 to 32, or --max-texts."},"data":{"$ref":"#/components/sch\#
        emas/Nested"}}}\#
        ,"Nested":{"description":"Texts, flat or nested.","oneOf":[{"type":"string"},{"type":"array","items":{"$ref":"\#
        #/components/schemas/Nested"}}]}\#
        ,"InferRequest":{"type":"object","required":["inputs"],"properties":{"id":{"type":["string","null"]},"inputs":\#
        {"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/InputTensor"}},"outputs":{"type":["array","\#
        null"],"description":"Which outputs are wanted; all where it is absent.","items":{"type":"object","required":[\#
        "name"],"properties":{"name":{"enum":["label","score","logits","embedding"]}}}}}}\#
        ,"OutputTensor":{"type":"object","required":["name","datatype","shape","data"],"properties":{"name":{"enum":["\#
        label","score","logits","embedding"]},"datatype":{"enum":["BYTES","FP32","FP64"]},"shape":{"type":"array","min\#
        Items":1,"maxItems":2,"items":{"type":"integer","minimum":0}},"data":{"type":"array","items":{"type":["string"\#
        ,"number"]}}},"additionalProperties":false}\#
        ,"InferAnswer":{"type":"object","required":["model_name","model_version","outputs"],"properties":{"model_name"\#
        :{"type":"string"},"model_version":{"const":"1"},"id":{"type":"string"},"outputs":{"type":"array","items":{"$r\#
        ef":"#/components/schemas/OutputTensor"}}},"additionalProperties":false}\#
        ,"IndexEntry":{"type":"object","required":["name","version","state","reason"],"properties":{"name":{"type":"st\#
        ring"},"version":{"const":"1"},"state":{"enum":["READY","UNAVAILABLE"]},"reason":{"type":"string"}},"additiona\#
        lProperties":false}\#
        ,"PredictV1Request":{"type":"object","required":["instances"],"properties":{"instances":{"type":"array","minIt\#
        ems":1,"maxItems":32,"items":{"oneOf":[{"type":"string"},{"type":"object","required":["text"],"properties":{"t\#
        ext":{"type":"string"},"text_pair":{"type":["string","null"]}}}]}}}}\#
        ,"PredictV1Answer":{"type":"object","required":["predictions"],"properties":{"predictions":{"type":"array","it\#
        ems":{"oneOf":[{"type":"object","required":["label","score","scores"],"properties":{"label":{"type":"string"},\#
        "score":{"type":"number"},"scores":{"type":"object","additionalProperties":{"type":"number"}}},"additionalProp\#
        erties":false},{"type":"array","items":{"type":"number"}}]}}},"additionalProperties":false}\#
        ,"ModelList":{"type":"object","required":["object","data","models"],"properties":{"object":{"const":"list"},"d\#
        ata":{"type":"array","items":{"type":"object","required":["id","object","created","owned_by"],"properties":{"i\#
        d":{"type":"string"},"object":{"const":"model"},"created":{"const":0},"owned_by":{"const":"adze"}},"additional\#
        Properties":false}},"models":{"type":"array","items":{"type":"string"},"description":"The names, as KServe lis\#
        ts them."}},"additionalProperties":false}\#
        ,"EmbeddingsRequest":{"type":"object","required":["model","input"],"properties":{"model":{"type":"string"},"in\#
        put":{"$ref":"#/components/schemas/Texts"},"encoding_format":{"enum":["float","base64",null],"default":"float"\#
        },"dimensions":{"type":["integer","null"],"minimum":1,"description":"Only the model's own number."}}}\#
        ,"Embeddings":{"type":"object","required":["object","data","model","usage"],"properties":{"object":{"const":"l\#
        ist"},"data":{"type":"array","items":{"type":"object","required":["object","index","embedding"],"properties":{\#
        "object":{"const":"embedding"},"index":{"type":"integer","minimum":0},"embedding":{"oneOf":[{"type":"array","i\#
        tems":{"type":"number"}},{"type":"string","contentEncoding":"base64","description":"The numbers' bytes, little\#
        -endian."}]}},"additionalProperties":false}},"model":{"type":"string"},"usage":{"type":"object","required":["p\#
        rompt_tokens","total_tokens"],"properties":{"prompt_tokens":{"type":"integer","minimum":0},"total_tokens":{"ty\#
        pe":"integer","minimum":0}},"additionalProperties":false}},"additionalProperties":false}\#
        }}\#
        }
        """#
}
